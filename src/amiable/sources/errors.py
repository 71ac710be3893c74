"""Why can a file not be read at all? Each error says so to the reader."""

from django.utils.translation import gettext as _


class UnreadableFile(ValueError):
    """A file that cannot be taken in; nothing was changed."""


class UnknownFormat(UnreadableFile):
    """Nobody here reads such a file."""

    def __init__(self) -> None:
        super().__init__(
            _("This is no format that Amiable reads. Please send a CSV file, an Excel file (.xlsx) or a FEC.")
        )


class NotText(UnreadableFile):
    """A file that should be text holds something else."""

    def __init__(self) -> None:
        super().__init__(_("This file does not hold text, so it is neither CSV nor FEC."))


class EmptyFile(UnreadableFile):
    """A file without a single row of data."""

    def __init__(self) -> None:
        super().__init__(_("This file holds no rows."))


class NoHeader(UnreadableFile):
    """No line names the columns."""

    def __init__(self) -> None:
        super().__init__(
            _("No line with column names was found. The first one should name them, such as “Client; Amount”.")
        )


class ColumnsMissing(UnreadableFile):
    """The columns without which nothing can be booked were not found."""

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing
        super().__init__(_("No column was found for: %(columns)s.") % {"columns": ", ".join(missing)})


class TooLarge(UnreadableFile):
    """A workbook that would fill the memory once unpacked."""

    def __init__(self, megabytes: int) -> None:
        super().__init__(
            _("Unpacked, this workbook would take more than %(megabytes)s MB. Please send it as CSV.")
            % {"megabytes": megabytes}
        )


class BrokenWorkbook(UnreadableFile):
    """A file that claims to be a workbook and cannot be opened."""

    def __init__(self) -> None:
        super().__init__(_("This Excel file is damaged or protected by a password. Please save it again as .xlsx."))


class OldWorkbook(UnreadableFile):
    """A workbook of Excel 97-2003."""

    def __init__(self) -> None:
        super().__init__(_("This is an Excel file of the old kind (.xls). Please save it as .xlsx or as CSV."))


class BadMapping(ValueError):
    """A profile or a correction of the guess does not fit the file or itself."""
