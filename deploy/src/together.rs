//! Decides how several requests are under way at once, and which failure is told.

use std::{
    future::{Future, poll_fn},
    task::Poll,
};

use crate::Error;

/// Awaits all at once, and returns what they give in their order; the first that fails fails all.
///
/// # Errors
///
/// The failure of the first that fails.
pub(crate) async fn all<T, F>(futures: impl IntoIterator<Item = F>) -> Result<Vec<T>, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let mut each: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    poll_fn(move |context| {
        let mut are_done = true;
        for (future, done) in each.iter_mut().filter(|(_, done)| done.is_none()) {
            match future.as_mut().poll(context) {
                Poll::Ready(Ok(value)) => *done = Some(value),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => are_done = false,
            }
        }
        if !are_done {
            return Poll::Pending;
        }
        Poll::Ready(Ok(each.drain(..).filter_map(|(_, done)| done).collect()))
    })
    .await
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot::channel;

    use super::*;

    type One = dyn Future<Output = Result<i32, Error>>;

    #[tokio::test]
    async fn each_waits_while_others_go_on_and_the_order_stays() {
        // The first one waits for the second one, which would never come one after the other.
        let (tell, told) = channel();
        let first = async { told.await.map_err(|_| Error::MalformedUrl) };
        let second = async { tell.send(1).map(|()| 2).map_err(|_| Error::MalformedUrl) };
        let futures: [std::pin::Pin<Box<One>>; 2] = [Box::pin(first), Box::pin(second)];
        assert_eq!(all(futures).await.unwrap(), [1, 2]);
        let none: [std::future::Ready<Result<i32, Error>>; 0] = [];
        assert!(all(none).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn one_that_fails_fails_all() {
        let one = async |number| if number == 2 { Err(Error::NotAPayload) } else { Ok(number) };
        let error = all([1, 2, 3].map(one)).await.unwrap_err();
        assert!(matches!(error, Error::NotAPayload));
    }
}
