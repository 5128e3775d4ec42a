//! Saving from the script: what it sends, and the answers that `editor/README.md` promises it.

use std::sync::Arc;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::visitor::Guest;
use super::super::{Site, blocking};
use super::fields::{Faults, Fields};
use super::{clock, sent, told};
use crate::archive::revision::{Head, SITTING_BYTES};
use crate::archive::work::Millis;

/// What is to be saved.
pub(super) struct Save {
    pub(super) head: Head,
    pub(super) sitting: Option<String>,
    pub(super) fields: Fields,
}

impl Save {
    /// Reads one that speaks of nothing but these fields.
    fn of(bytes: &[u8], known: &[&str]) -> Result<Save, Error> {
        #[derive(Deserialize)]
        struct Sent {
            head: String,
            #[serde(default)]
            sitting: String,
            fields: Fields,
        }
        let sent: Sent = serde_json::from_slice(bytes).map_err(|_| Error::Form)?;
        if !sent.fields.keys().all(|name| known.contains(&name.as_str())) {
            return Err(Error::Form);
        }
        let head = Head::parse(&sent.head).ok_or(Error::Form)?;
        let sitting = sitting_named(&sent.sitting).map(str::to_owned);
        Ok(Save { head, sitting, fields: sent.fields })
    }
}

/// A sitting as a script names it; none for what is no such name.
fn sitting_named(sitting: &str) -> Option<&str> {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let named = (1..=SITTING_BYTES).contains(&sitting.len()) && sitting.bytes().all(good);
    named.then_some(sitting)
}

/// What a save came to, as the script is told.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Answer {
    Kept {
        head: String,
        saved_at: String,
        words: Words,
    },
    Faults {
        faults: Faults,
    },
    Clash {
        head: Option<String>,
        yours: Fields,
        theirs: Fields,
        /// Both put together, where that can be told.
        #[serde(skip_serializing_if = "Option::is_none")]
        merged: Option<Fields>,
        compare: String,
    },
}

/// Counted by AO3's rule.
#[derive(Serialize)]
pub(super) struct Words {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) chapter: Option<u64>,
    pub(super) work: u64,
}

impl Answer {
    pub(super) fn kept(head: Head, at: Millis, words: Words) -> Answer {
        Answer::Kept { head: head.to_string(), saved_at: clock(at), words }
    }

    fn status(&self) -> StatusCode {
        match self {
            Answer::Kept { .. } => StatusCode::OK,
            Answer::Faults { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Answer::Clash { .. } => StatusCode::CONFLICT,
        }
    }
}

/// Saves what the script sends of these fields.
pub(super) async fn save(
    (site, guest): (Arc<Site>, Guest),
    body: Body,
    known: &'static [&'static str],
    save: impl FnOnce(&Site, &Guest, Save) -> Result<Answer, Error> + Send + 'static,
) -> Result<Response, Error> {
    let bytes = sent(body).await?;
    blocking(move || {
        if site.app.store.read(|tx| guest.visitor(tx))?.account.is_none() {
            let faults = [("signed_in", "Please sign in again.".to_owned())].into();
            return told(StatusCode::FORBIDDEN, &Answer::Faults { faults });
        }
        let answer = save(&site, &guest, Save::of(&bytes, known)?)?;
        told(answer.status(), &answer)
    })
    .await
}
