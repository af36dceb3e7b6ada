//! For each photo, the function makes exactly the calls that an estimate counts.

use contract::calls::{READS, writes};

use crate::world::{World, message, photo, start_thumbnail};

#[tokio::test]
async fn a_photo_makes_the_calls_that_an_estimate_counts() {
    let world = World::start().await;
    let (version, event) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("m", &event)]).await, [""; 0]);
    let presets = world.manifest(&version).unwrap().thumbnails.len();
    let written = world.writes();
    let read = world.aws.calls().len() - written;
    assert_eq!((read, written), (READS as usize, writes(true) as usize + presets));
}

#[tokio::test]
async fn a_photo_needs_one_write_less_without_the_name_index() {
    let mut world = World::start().await;
    world.thumbnail = start_thumbnail(&world.aws, &[("NAME_INDEX", "disabled")]).await;
    let (version, event) = world.upload("cat.png", photo(1));
    assert_eq!(world.deliver(&[message("m", &event)]).await, [""; 0]);
    let manifest = world.stored_manifest(&version).unwrap();
    let written = world.writes();
    let read = world.aws.calls().len() - written;
    assert_eq!((read, written), (READS as usize, writes(false) as usize + manifest.thumbnails.len()));
    // A message that arrives again verifies the result and changes nothing.
    assert_eq!(world.deliver(&[message("m", &event)]).await, [""; 0]);
    assert_eq!(world.writes(), written);
}
