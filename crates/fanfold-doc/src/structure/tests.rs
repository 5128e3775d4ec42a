//! Tests of the structure of whole texts.
