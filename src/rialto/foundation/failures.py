"""What people can put right: the base of every error that is told to an operator as it is.

The command line says the message of such an error without a traceback. So the message names what was wrong, with which
value, and what to do; whatever is not one of these is a defect of ours, and is shown with all there is.
"""


class ExpectedFailure(Exception):
    """Something that the person who started a command can put right."""
