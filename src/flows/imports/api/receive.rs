//! Keeping an upload while it arrives: network → decoder → database, each waiting for the next.

use std::io::{self, Read};
use std::time::Duration;

use actix_web::web;
use actix_web::web::Bytes;
use futures_util::StreamExt;
use futures_util::future::try_join;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::db::DbError;
use crate::flows::imports::job::PIECE;
use crate::intake::encoding::{Utf8Reader, unpack};
use crate::kit::ids::JobId;
use crate::platform::context::Ctx;
use crate::platform::jobs;
use crate::web::app::{App, Bounds};
use crate::web::problem::{self, Problem};

/// Parts of the body, and pieces of text, on their way at most.
const AHEAD: usize = 4;
/// Tries of a piece while the database is busy, and the time between them.
const TRIES: u32 = 20;
const BREATH: Duration = Duration::from_millis(250);

/// What arrived.
pub struct Received {
    /// Bytes of text.
    pub bytes: i64,
    /// SHA-256 of the body as it came.
    pub digest: [u8; 32],
}

/// Takes a body in.
///
/// # Errors
/// 400 when it breaks off or cannot be unpacked, 408 when it pauses, 413 when it is too large, 503 when the database
/// cannot keep it.
pub async fn receive(app: &App, cx: &Ctx, id: JobId, body: web::Payload) -> Result<Received, Problem> {
    let (parts, arriving) = channel(AHEAD);
    let (pieces, decoded) = channel(AHEAD);
    let decoder = tokio::task::spawn_blocking(move || decode(arriving, &pieces));
    let (digest, bytes) = try_join(feed(app.bounds, body, parts), keep(app, cx, id, decoded)).await?;
    // The decoder has said all it had to say when its pieces ended.
    drop(decoder.await);
    Ok(Received { bytes: i64::try_from(bytes).unwrap_or(i64::MAX), digest })
}

async fn feed(bounds: Bounds, mut body: web::Payload, parts: Sender<Bytes>) -> Result<[u8; 32], Problem> {
    let mut digest = Sha256::new();
    let mut total: u64 = 0;
    loop {
        let next = tokio::time::timeout(bounds.import_pause, body.next()).await;
        let Some(part) = next.map_err(|_| Problem::new(problem::REQUEST_TIMEOUT))? else {
            break;
        };
        let part = part.map_err(|_| Problem::new(problem::MALFORMED_REQUEST))?;
        total = total.saturating_add(u64::try_from(part.len()).unwrap_or(u64::MAX));
        if total > bounds.largest_import {
            return Err(too_large(bounds));
        }
        digest.update(&part);
        if parts.send(part).await.is_err() {
            // The decoder gave up and its complaint is on its way to the other side.
            break;
        }
    }
    Ok(digest.finalize().into())
}

async fn keep(
    app: &App,
    cx: &Ctx,
    id: JobId,
    mut decoded: Receiver<io::Result<Vec<u8>>>,
) -> Result<u64, Problem> {
    let (mut seq, mut total) = (0, 0_u64);
    while let Some(piece) = decoded.recv().await {
        let piece = Bytes::from(piece.map_err(|_| Problem::new(problem::MALFORMED_REQUEST))?);
        total = total.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if total > app.bounds.largest_import {
            return Err(too_large(app.bounds));
        }
        write(app, cx, id, seq, piece).await?;
        seq += 1;
    }
    Ok(total)
}

async fn write(app: &App, cx: &Ctx, id: JobId, seq: i32, piece: Bytes) -> Result<(), Problem> {
    let mut tries = 0;
    loop {
        let (cx, piece, now) = (cx.clone(), piece.clone(), app.clock.now());
        match app.db.write(move |tx| jobs::add_chunk(tx, &cx, id, seq, &piece, now)).await {
            Err(DbError::Busy) if tries < TRIES => tries += 1,
            done => return done.map_err(Problem::from),
        }
        tokio::time::sleep(BREATH).await;
    }
}

fn too_large(bounds: Bounds) -> Problem {
    Problem::new(problem::PAYLOAD_TOO_LARGE).with("limit", bounds.largest_import)
}

/// Unpacks and decodes on a thread of its own; a receiver that went away ends it.
fn decode(arriving: Receiver<Bytes>, pieces: &Sender<io::Result<Vec<u8>>>) {
    let told = unpack(Box::new(Arriving { arriving, part: Bytes::new() })).and_then(|unpacked| {
        let mut text = Utf8Reader::new(unpacked, None);
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            let most = u64::try_from(PIECE).unwrap_or(u64::MAX);
            let got = text.by_ref().take(most).read_to_end(&mut piece)?;
            let is_last = got < PIECE;
            if (got > 0 && pieces.blocking_send(Ok(piece)).is_err()) || is_last {
                return Ok(());
            }
        }
    });
    if let Err(error) = told {
        drop(pieces.blocking_send(Err(error)));
    }
}

/// The body as something to read from.
struct Arriving {
    arriving: Receiver<Bytes>,
    part: Bytes,
}

impl Read for Arriving {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.part.is_empty() {
            match self.arriving.blocking_recv() {
                Some(part) => self.part = part,
                None => return Ok(0),
            }
        }
        let count = self.part.len().min(out.len());
        let taken = self.part.split_to(count);
        for (to, from) in out.iter_mut().zip(&taken) {
            *to = *from;
        }
        Ok(count)
    }
}
