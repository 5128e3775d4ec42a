//! One text in another way of writing it: for switching the editor's views, and for cleaning what
//! is pasted from anywhere. Keeps nothing.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use fanfold_doc::document::Document;
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::visitor::Guest;
use super::super::{Site, blocking};
use super::{fields, sent, told, writer};

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum View {
    Html,
    Markdown,
}

#[derive(Deserialize)]
struct Asked {
    from: View,
    to: View,
    text: String,
}

#[derive(Serialize)]
struct Converted {
    text: String,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct Refused {
    fault: String,
}

/// `POST /write/convert`
pub(super) async fn convert(
    State(site): State<Arc<Site>>,
    guest: Guest,
    body: Body,
) -> Result<Response, Error> {
    // Only who may write is worth the work.
    let bytes = sent(body).await?;
    blocking(move || {
        let visitor = site.app.store.read(|tx| guest.visitor(tx))?;
        if writer(&visitor).is_err() {
            let fault = "Please sign in to write.".to_owned();
            return told(StatusCode::FORBIDDEN, &Refused { fault });
        }
        let asked: Asked = serde_json::from_slice(&bytes).map_err(|_| Error::Form)?;
        let limits = fields::limits();
        let read = match asked.from {
            View::Html => Document::from_html(&asked.text, &limits),
            View::Markdown => Document::from_markdown(&asked.text, &limits),
        };
        let (document, warnings) = match read {
            Ok(read) => read,
            Err(error) => {
                let fault = error.to_string();
                return told(StatusCode::UNPROCESSABLE_ENTITY, &Refused { fault });
            }
        };
        let text = match asked.to {
            View::Html => document.to_html().into_string(),
            View::Markdown => document.to_markdown(),
        };
        let mut warnings: Vec<String> = warnings.into_iter().map(|own| own.text).collect();
        warnings.sort();
        warnings.dedup();
        told(StatusCode::OK, &Converted { text, warnings })
    })
    .await
}
