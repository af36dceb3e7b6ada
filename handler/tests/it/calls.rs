//! The calls of a photo: the function makes those that an estimate counts.

use contract::calls::{READS, WRITES};

use crate::world::{World, message, photo};

#[tokio::test]
async fn a_photo_costs_the_calls_that_an_estimate_counts() {
    let world = World::start().await;
    let (version, event) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("m", &event)]).await, [""; 0]);
    let presets = world.manifest(&version).unwrap().thumbnails.len();
    let writes = world.writes();
    let reads = world.aws.calls().len() - writes;
    assert_eq!((reads, writes), (READS as usize, WRITES as usize + presets));
}
