-- What beta readers said and nobody answered is counted on every list of works.

CREATE INDEX beta_remarks_open ON beta_remarks (beta) WHERE state = 0;
