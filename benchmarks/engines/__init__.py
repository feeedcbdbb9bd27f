"""The engines that are measured, each through its public interface."""
