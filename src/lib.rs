//! Fanfold.
