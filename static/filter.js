// The panel of the library answers at once: see below.
"use strict";
