"""经开通 Jingkai: the platform on which an economic development zone does its work."""
