"""Run `python -m jingkai`."""

from jingkai.config.cli import main

main()
