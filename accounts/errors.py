"""Why a change of accounts was refused, in words for the person or app that asked for it."""


class Refused(Exception):
    """What was asked for contradicts how things stand; nothing was changed."""


class UnknownPerson(Refused):
    """Nobody has an account under that e-mail address."""


class NotAMember(Refused):
    """That person doesn't belong to the place that was named."""
