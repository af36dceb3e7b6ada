//! `down` against a fake AWS with a few buckets, a stack, and a key. Any call may be refused, and any call may end the
//! deployer: `down` destroys nothing before CloudFormation has deleted the stack, and the next `down` finishes.

mod world;

use crate::teardown::world::{Fault, Served, World};

const STACK_ID: &str = "arn:aws:cloudformation:eu-central-1:111122223333:stack/thumbnail-generator/1";
const KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/1";

/// The calls that change something, in the order in which a `down` makes them.
const CHANGES: [&str; 4] = ["DeleteStack", "DeleteObjects", "ScheduleKeyDeletion", "DeleteBucket"];

fn bucket(role: &str) -> String {
    format!("thumbnail-generator-{role}-111122223333-eu-central-1")
}

#[test]
fn the_stack_goes_first_then_what_it_retains_and_the_key() {
    let served = Served::new(World::new());
    let (code, said) = served.down(&[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("and 10 object versions") && said.contains("key/1 in 30 days"), "{said}");
    served.with(|world| {
        assert!(world.is_gone(), "{:?}", world.buckets);
        let at = |name: &str| world.calls.iter().position(|call| call == name).unwrap();
        assert!(CHANGES.windows(2).all(|pair| at(pair[0]) < at(pair[1])), "{:?}", world.calls);
    });
    // And again there is nothing to do.
    let (code, said) = served.down(&[]);
    assert!(code == Some(0) && said.contains("0 object versions"), "{said}");
}

#[test]
fn whatever_refuses_is_asked_before_anything_is_lost() {
    type Change = fn(&mut World);
    let refusals: [(&str, Change, &str); 6] = [
        ("termination protection", |world| world.protected = true, "update-termination-protection"),
        (
            "a missing right to delete the stack",
            |world| world.deletion = Err("AccessDenied"),
            "deployer doctor",
        ),
        (
            "the stack fails to be deleted",
            |world| world.deletion = Ok("DELETE_FAILED"),
            "its buckets and their key are unchanged",
        ),
        (
            "a missing right to delete objects",
            |world| {
                world.faults = (1..=5).map(|at| ("MayDelete", at, Fault::EachKey("AccessDenied"))).collect()
            },
            "deployer doctor",
        ),
        (
            "an SCP against deleting objects",
            |world| {
                world.faults =
                    (1..=5).map(|at| ("MayDelete", at, Fault::Error(403, "AccessDenied"))).collect()
            },
            "deployer doctor",
        ),
        (
            "the stack is changed by others",
            |world| world.deletion = Err("ValidationError"),
            "cannot delete the stack",
        ),
    ];
    for (what, change, hint) in refusals {
        let mut world = World::new();
        change(&mut world);
        let served = Served::new(world);
        let (code, said) = served.down(&[]);
        assert!(code == Some(1) && said.contains(hint), "{what}: {said}");
        served.with(|world| {
            assert_eq!((world.objects(), world.key_state), (10, "Enabled"), "{what}");
            assert!(!world.calls.iter().any(|call| call == "DeleteObjects"), "{what}");
            let is_probed = world.calls.iter().any(|call| call == "MayDelete");
            assert_ne!(is_probed, world.protected, "{what}");
        });
    }
}

#[test]
fn a_down_that_was_ended_anywhere_is_gone_on_with() {
    let served = Served::new(World::new());
    served.down(&[]);
    let calls = served.with(|world| world.calls.clone());
    let points: Vec<(&str, usize)> = CHANGES
        .into_iter()
        .flat_map(|name| (1..=calls.iter().filter(|call| *call == name).count()).map(move |at| (name, at)))
        .collect();
    assert!(points.len() > 10, "{points:?}");
    // Most of it is waiting.
    std::thread::scope(|scope| {
        for signal in ["-INT", "-KILL"] {
            for point in &points {
                scope.spawn(move || {
                    let mut world = World::new();
                    world.faults = vec![(point.0, point.1, Fault::Signal(signal))];
                    let served = Served::new(world);
                    let (code, said) = served.down(&[]);
                    if signal == "-INT" && code != Some(0) {
                        assert_eq!(code, Some(130), "{point:?}: {said}");
                        assert!(said.contains("hint: run `deployer down` to "), "{point:?}: {said}");
                        let where_it_is = if point.0 == "DeleteStack" {
                            "its buckets are unchanged"
                        } else {
                            "the stack is deleted, but some of its buckets are not"
                        };
                        assert!(said.contains(where_it_is), "{point:?}: {said}");
                    }
                    let (code, said) = served.down(&[]);
                    assert_eq!(code, Some(0), "{signal} at {point:?}: {said}");
                    served
                        .with(|world| assert!(world.is_gone(), "{signal} at {point:?}: {:?}", world.buckets));
                });
            }
        }
    });
}

#[test]
fn the_weather_of_s3_is_sat_out() {
    let mut world = World::new();
    world.faults = vec![
        ("DeleteObjects", 1, Fault::EachKey("InternalError")),
        ("DeleteObjects", 2, Fault::EachKey("SlowDown")),
        ("DeleteBucket", 1, Fault::LateLog),
        ("DeleteBucket", 2, Fault::Error(409, "OperationAborted")),
        ("HeadBucket", 1, Fault::StillThere),
        ("HeadBucket", 2, Fault::StillThere),
    ];
    let served = Served::new(world);
    let (code, said) = served.down(&[]);
    assert_eq!(code, Some(0), "{said}");
    served.with(|world| assert!(world.is_gone(), "{:?}", world.buckets));

    // What never gets better is no missing permission.
    let mut world = World::new();
    world.stack = None;
    world.faults = (1..=100).map(|at| ("DeleteObjects", at, Fault::EachKey("SlowDown"))).collect();
    let (code, said) = Served::new(world).down(&[]);
    assert!(code == Some(1) && said.contains("(SlowDown)") && !said.contains("permission"), "{said}");
}

#[test]
fn kept_data_keep_their_key_and_their_flag() {
    let mut world = World::new();
    world.faults = vec![("DeleteStack", 1, Fault::Signal("-INT"))];
    let served = Served::new(world);
    let (code, said) = served.down(&["--keep-data"]);
    assert!(
        code == Some(130)
            && said.contains("hint: run `deployer down --keep-data` to wait for CloudFormation"),
        "{said}"
    );
    let (code, said) = served.down(&["--keep-data"]);
    assert!(code == Some(0) && said.contains("key/1, which encrypts the data"), "{said}");
    served.with(|world| assert_eq!((world.data_objects(), world.key_state), (8, "Enabled")));
    // Later all goes, and the buckets tell of the key that no stack tells of any more.
    let (code, said) = served.down(&[]);
    assert!(code == Some(0) && said.contains("key/1 after 30 days"), "{said}");
    served.with(|world| assert!(world.is_gone(), "{:?}", world.buckets));
}

#[test]
fn a_key_of_somebody_else_is_not_deleted_with_the_buckets() {
    let mut world = World::new();
    (world.stack, world.key_of) = (None, "The company's.");
    let served = Served::new(world);
    let (code, said) = served.down(&[]);
    assert_eq!(code, Some(0), "{said}");
    served.with(|world| assert_eq!((world.buckets.len(), world.key_state), (0, "Enabled")));
}

#[test]
fn a_bucket_that_the_configuration_names_no_longer_is_deleted_by_the_next_down_all_the_same() {
    let mut world = World::new();
    world.originals = "photos-of-the-year".to_owned();
    let objects = world.buckets.remove(&bucket("originals")).unwrap();
    world.buckets.insert(world.originals.clone(), objects);
    world.faults = vec![("DeleteObjects", 1, Fault::Signal("-KILL"))];
    let served = Served::new(world);
    served.down(&[]);
    served.with(|world| assert!(world.stack.is_none() && world.buckets.contains_key("photos-of-the-year")));
    let (code, said) = served.down(&[]);
    assert!(code == Some(0) && said.contains("photos-of-the-year"), "{said}");
    served.with(|world| assert!(world.is_gone(), "{:?}", world.buckets));
}

#[test]
fn a_listing_that_cannot_be_read_keeps_its_bucket_and_the_key_alone() {
    let mut world = World::new();
    world.unreadable = Some(bucket("thumbnails"));
    let served = Served::new(world);
    let (code, said) = served.down(&[]);
    assert!(code == Some(1) && said.contains("hint: run `deployer down` to continue"), "{said}");
    served.with(|world| {
        let left: Vec<_> = world.buckets.keys().cloned().collect();
        assert_eq!(left, [bucket("artifacts"), bucket("thumbnails")]);
        assert_eq!((world.stack, world.key_state), (None, "Enabled"));
        world.unreadable = None;
    });
    let (code, said) = served.down(&[]);
    assert_eq!(code, Some(0), "{said}");
    served.with(|world| assert!(world.is_gone(), "{:?}", world.buckets));
}
