"""Unsaved work from one start of the program to the next: kept while it is edited, and offered when it was left."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, QObject, QStandardPaths, Signal

from workbench.experiment import files
from workbench.live.document import Document
from workbench.live.drafts import Claim, Draft, DraftKeeper, left_behind
from workbench.ui.window.document_files import DocumentFiles
from workbench.ui.window.offer_bar import OfferBar


def drafts_folder() -> Path:
    """Where drafts are, in the person's data folder."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)) / "drafts"


class UnsavedWork(QObject):
    """Has the window's draft kept, and offers those that ended programs have left, one after the other.

    Nothing is kept or offered before `begin`: a window that is opened for a picture has no part in it.
    """

    said = Signal(str)

    def __init__(self, parent: QObject, *, document: Document, document_files: DocumentFiles, bar: OfferBar) -> None:
        super().__init__(parent)
        self._document, self._files, self._bar = document, document_files, bar
        self._keeper: DraftKeeper | None = None
        self._offered: list[tuple[Claim, Draft]] = []
        bar.taken.connect(self._restore)
        bar.refused.connect(self._discard)

    def begin(self, folder: Path | None = None) -> None:
        """From here on keep what is unsaved, and offer what was left in the folder."""
        folder = folder or drafts_folder()
        self._keeper = DraftKeeper(self._document, folder, self)
        for claim, draft in left_behind(folder):
            if _is_saved(draft):
                claim.remove()
            else:
                self._offered.append((claim, draft))
        self._offer_next()

    def leave(self) -> None:
        """The program is told to end: keep all for its next start."""
        if self._keeper is not None:
            self._keeper.leave()
        self._let_go()

    def close(self) -> None:
        """The window closes, with its experiment saved or given up; what was offered and not answered stays."""
        if self._keeper is not None:
            self._keeper.give_up()
        self._let_go()

    def _let_go(self) -> None:
        if self._keeper is not None:
            self._keeper.deleteLater()
        self._keeper = None
        for claim, _ in self._offered:
            claim.release()
        self._offered.clear()
        self._bar.hide()

    def _offer_next(self) -> None:
        if not self._offered:
            self._bar.hide()
            return
        draft = self._offered[0][1]
        when = QLocale().toString(QDateTime.fromSecsSinceEpoch(int(draft.saved_at)), QLocale.FormatType.ShortFormat)
        name = Path(draft.path).name if draft.path else draft.experiment.title or self.tr("Untitled")
        sentence = self.tr("Unsaved changes to {} were kept when the program ended ({}).").format(name, when)
        self._bar.offer(sentence, self.tr("Restore"), self.tr("Discard"))

    def _restore(self) -> None:
        """Open the draft as changes to its file, or to what is open where it has none."""
        if not self._offered or not self._files.may_lose_changes():
            return
        claim, draft = self._offered.pop(0)
        self._files.restore(draft.experiment, Path(draft.path) if draft.path else None, draft.digest)
        if self._keeper is not None:
            self._keeper.keep_now()
        claim.remove()
        self._offer_next()
        self.said.emit(self.tr("Restored; it is not saved yet"))

    def _discard(self) -> None:
        if self._offered:
            self._offered.pop(0)[0].remove()
        self._offer_next()


def _is_saved(draft: Draft) -> bool:
    """Whether its file has the draft: it was saved in the second before the program ended."""
    if not draft.path:
        return False
    try:
        return files.read(draft.path) == draft.experiment
    except files.ExperimentFileError:
        return False
