//! Decides how tests wait for a signature of a key, which waits for nobody.

/// Drives a future to its end.
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}
