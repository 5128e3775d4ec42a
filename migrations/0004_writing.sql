-- Writing: drafts apart from what is posted, and every state that a draft was in. Words in braces
-- are those of 0001.
--
-- Of a work with `revision_id` 0 nothing is posted: it never was, or it lies in the bin. All that
-- shows works to readers goes from `revision_id` to the revision, and so finds nothing of it.

-- the head of the draft, a revision; none where there is nothing that is not posted
ALTER TABLE works ADD COLUMN draft_id BIGINT;
-- what was posted when the work was put into the bin
ALTER TABLE works ADD COLUMN kept_revision BIGINT;
-- the highest number that a chapter of it was ever given
ALTER TABLE works ADD COLUMN last_chapter BIGINT NOT NULL DEFAULT 0;
CREATE INDEX works_with_drafts ON works (owner, id) WHERE draft_id IS NOT NULL;

-- What it was made from; none for the first.
ALTER TABLE revisions ADD COLUMN parent BIGINT;
-- Saves of one sitting are folded into one revision, as long as it is the head and has no name.
ALTER TABLE revisions ADD COLUMN sitting {KEYTEXT};
-- when the last save was folded into it
ALTER TABLE revisions ADD COLUMN saved_at BIGINT;
-- given by a person
ALTER TABLE revisions ADD COLUMN name TEXT;
ALTER TABLE revisions ADD COLUMN who BIGINT REFERENCES accounts (id);
-- 1 for a text that lost against another one saved before it: kept, never the head
ALTER TABLE revisions ADD COLUMN aside BIGINT NOT NULL DEFAULT 0;
-- when readers were first shown it
ALTER TABLE revisions ADD COLUMN shown_at BIGINT;
-- A row of `texts` that says all of the revision but the bodies of its chapters, as
-- `src/store/manifest.rs` writes it. A revision with rows in `revision_chapters` is, or was, posted
-- or imported; all others have this alone.
ALTER TABLE revisions ADD COLUMN manifest BIGINT;

-- Which chapter of the work it is, whatever its place: numbers are never given twice in a work.
ALTER TABLE revision_chapters ADD COLUMN chapter BIGINT NOT NULL DEFAULT 0;
UPDATE revision_chapters SET chapter = position;

-- A text is whole in `html`; or whole and compressed in `patch`; or `patch` makes it from `base`.
-- What is posted is always whole in `html`.
ALTER TABLE texts ADD COLUMN base BIGINT;
ALTER TABLE texts ADD COLUMN patch {BLOB};
-- how many patches lie between it and a whole text; -1 where it was emptied for good
ALTER TABLE texts ADD COLUMN depth BIGINT NOT NULL DEFAULT 0;
-- the revision whose next save may write over it, because nothing else uses it
ALTER TABLE texts ADD COLUMN loose BIGINT;
-- the work that alone uses it; none where others may, too
ALTER TABLE texts ADD COLUMN work BIGINT;
CREATE INDEX texts_of_work ON texts (work) WHERE work IS NOT NULL;

-- Chapters that were taken out of a draft, with the last revision that had them.
CREATE TABLE chapter_bin (
    work BIGINT NOT NULL REFERENCES works (id),
    chapter BIGINT NOT NULL,
    revision BIGINT NOT NULL REFERENCES revisions (id),
    binned_at BIGINT NOT NULL,
    PRIMARY KEY (work, chapter)
) {LINK};
CREATE INDEX chapter_bin_by_age ON chapter_bin (binned_at);
