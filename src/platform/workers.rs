//! Workers for slow computations (password hashing): a fixed number at once, a short queue, and no more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Semaphore;

/// The queue is full: come again later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too much work is waiting")]
pub struct Overloaded;

/// A bounded place for computations that would hold up the event loop.
pub struct Workers {
    places: Arc<Semaphore>,
    permits: Arc<Semaphore>,
    begun: AtomicU64,
}

impl Workers {
    /// At most `at_once` computations run, and at most `waiting` more wait.
    pub fn new(at_once: usize, waiting: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(at_once.saturating_add(waiting))),
            permits: Arc::new(Semaphore::new(at_once)),
            begun: AtomicU64::new(0),
        }
    }

    /// How many computations were begun so far.
    pub fn begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }

    /// Runs `work` when its turn comes.
    ///
    /// # Errors
    /// [`Overloaded`] at once when the queue is full, or when the work stopped without an answer.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Overloaded> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Overloaded)?;
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| Overloaded)?;
        self.begun.fetch_add(1, Ordering::Relaxed);
        // The permits go with the work: a caller that goes away does not make room for more of it.
        let done = tokio::task::spawn_blocking(move || {
            let answer = work();
            drop((permit, place));
            answer
        });
        done.await.map_err(|_| Overloaded)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::{Overloaded, Workers};

    #[actix_web::test]
    async fn what_does_not_fit_is_refused_at_once_and_the_rest_runs() {
        let workers = std::sync::Arc::new(Workers::new(1, 1));
        let (go, wait) = channel::<()>();
        let first = {
            let workers = std::sync::Arc::clone(&workers);
            actix_web::rt::spawn(async move { workers.run(move || wait.recv().is_ok()).await })
        };
        tokio::task::yield_now().await;
        let second = {
            let workers = std::sync::Arc::clone(&workers);
            actix_web::rt::spawn(async move { workers.run(|| 2).await })
        };
        tokio::task::yield_now().await;
        assert_eq!(workers.run(|| 3).await, Err(Overloaded));
        go.send(()).unwrap();
        assert_eq!(first.await.unwrap(), Ok(true));
        assert_eq!(second.await.unwrap(), Ok(2));
        assert_eq!(workers.run(|| 4).await, Ok(4));
    }
}
