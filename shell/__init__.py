"""The PartiQL shell: what a person or a script at a terminal talks to."""
