"""Everything that brings files in."""

from amiable.sources.operations.importing import close_interrupted, import_file, import_stored
from amiable.sources.operations.previewing import Preview, Total, preview_file
from amiable.sources.operations.profiles import UnknownProfile, load_profile, save_profile
from amiable.sources.operations.uploads import NotWaiting, UploadTooLarge, preview_upload, receive_upload, start_import

__all__ = [
    "NotWaiting",
    "Preview",
    "Total",
    "UnknownProfile",
    "UploadTooLarge",
    "close_interrupted",
    "import_file",
    "import_stored",
    "load_profile",
    "preview_file",
    "preview_upload",
    "receive_upload",
    "save_profile",
    "start_import",
]
