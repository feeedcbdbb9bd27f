"""The engine under all duties: case, flow, task, clock, inbox."""
