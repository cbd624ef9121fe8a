//! Datasets and the parameters of their editions.

use alloy_primitives::{Address, B256, U256, keccak256};
use data_registry::{
    CURATOR_ROLE,
    IDataRegistry::{
        AccessControlUnauthorizedAccount, ChallengePeriodChanged, CuratorChanged,
        DataRegistryParameterOutOfBounds, DatasetCreated, DatasetInvalidCurator,
        DatasetInvalidName, DatasetInvalidPurposes, DatasetNameInUse, DatasetUnauthorizedCurator,
        DatasetUnknown, MinCohortChanged, RecordInvalidDataClass, challengePeriodCall,
        createDatasetCall, datasetByNameCall, datasetCountCall, datasetOfCall, grantRoleCall,
        minCohortCall, publishCall, revokeRoleCall, setChallengePeriodCall, setCuratorCall,
        setMinCohortCall,
    },
};

use crate::support::{
    ADMIN, CLINICAL, CURATOR, GUARDIAN, HOSPITAL, MALLORY, Registry, create_dataset, log, publish,
};

const fn set_curator(newCurator: Address) -> setCuratorCall {
    setCuratorCall { datasetId: U256::ONE, newCurator }
}

#[test]
fn a_curator_begins_a_dataset() {
    let registry = Registry::new();
    assert_eq!(registry.ok(CURATOR, &create_dataset("everything")), U256::ONE);
    registry.emitted(&[log(&DatasetCreated {
        datasetId: U256::ONE,
        curator: CURATOR,
        nameHash: keccak256("everything"),
        dataClass: CLINICAL,
        purposes: 31,
        name: "everything".to_owned(),
    })]);
    let found = registry.ok(MALLORY, &datasetOfCall { datasetId: U256::ONE });
    assert_eq!((found.curator, found.dataClass, found.purposes), (CURATOR, CLINICAL, 31));
    assert_eq!((found.latest, found.nameHash), (0, keccak256("everything")));
    let call = datasetByNameCall { nameHash: keccak256("everything") };
    assert_eq!(registry.ok(MALLORY, &call), U256::ONE);
    assert_eq!(registry.ok(CURATOR, &create_dataset("more")), U256::from(2));
    assert_eq!(registry.ok(MALLORY, &datasetCountCall {}), U256::from(2));
}

#[test]
fn nothing_is_known_of_a_dataset_that_there_is_not() {
    let registry = Registry::with_dataset();
    for datasetId in [U256::ZERO, U256::from(2), U256::MAX] {
        let found = registry.ok(MALLORY, &datasetOfCall { datasetId });
        assert_eq!((found.curator, found.latest, found.nameHash), (Address::ZERO, 0, B256::ZERO));
        let call = publishCall { datasetId, ..publish(B256::repeat_byte(1)) };
        registry.fails(CURATOR, &call, &DatasetUnknown { datasetId });
        let call = setCuratorCall { datasetId, newCurator: CURATOR };
        registry.fails(ADMIN, &call, &DatasetUnknown { datasetId });
    }
    let call = datasetByNameCall { nameHash: keccak256("nothing") };
    assert_eq!(registry.ok(MALLORY, &call), U256::ZERO);
}

#[test]
fn only_curators_begin_datasets_and_publish() {
    let registry = Registry::with_dataset();
    for account in [MALLORY, HOSPITAL, GUARDIAN, ADMIN] {
        let refused = AccessControlUnauthorizedAccount { account, neededRole: CURATOR_ROLE };
        registry.fails(account, &create_dataset("more"), &refused);
        registry.fails(account, &publish(B256::repeat_byte(1)), &refused);
    }
    registry.ok(ADMIN, &revokeRoleCall { role: CURATOR_ROLE, account: CURATOR });
    registry.forget();
    let refused = AccessControlUnauthorizedAccount { account: CURATOR, neededRole: CURATOR_ROLE };
    registry.fails(CURATOR, &publish(B256::repeat_byte(1)), &refused);
}

#[test]
fn a_dataset_has_its_curator_and_the_admin_names_the_next() {
    let registry = Registry::with_dataset();
    registry.ok(ADMIN, &grantRoleCall { role: CURATOR_ROLE, account: MALLORY });
    registry.forget();
    let refused = DatasetUnauthorizedCurator { caller: MALLORY, curator: CURATOR };
    registry.fails(MALLORY, &publish(B256::repeat_byte(1)), &refused);
    for account in [MALLORY, CURATOR, GUARDIAN] {
        let refused = AccessControlUnauthorizedAccount { account, neededRole: B256::ZERO };
        registry.fails(account, &set_curator(MALLORY), &refused);
    }
    registry.fails(ADMIN, &set_curator(HOSPITAL), &DatasetInvalidCurator { curator: HOSPITAL });
    registry.ok(ADMIN, &set_curator(MALLORY));
    registry.emitted(&[log(&CuratorChanged {
        datasetId: U256::ONE,
        oldCurator: CURATOR,
        newCurator: MALLORY,
    })]);
    registry.ok(ADMIN, &set_curator(MALLORY));
    registry.emitted(&[]);
    let refused = DatasetUnauthorizedCurator { caller: CURATOR, curator: MALLORY };
    registry.fails(CURATOR, &publish(B256::repeat_byte(1)), &refused);
    registry.ok(MALLORY, &publish(B256::repeat_byte(1)));
    let found = registry.ok(MALLORY, &datasetOfCall { datasetId: U256::ONE });
    assert_eq!((found.curator, found.dataClass, found.purposes), (MALLORY, CLINICAL, 31));
    assert_eq!((found.latest, found.nameHash), (1, keccak256("everything")));
}

#[test]
fn classes_purposes_and_names_have_bounds() {
    let registry = Registry::with_dataset();
    let call = |dataClass, purposes| createDatasetCall {
        dataClass,
        purposes,
        name: format!("{dataClass} {purposes}"),
    };
    for dataClass in [4, 255] {
        let refused = RecordInvalidDataClass { dataClass, maximum: 3 };
        registry.fails(CURATOR, &call(dataClass, 1), &refused);
    }
    for purposes in [0, 32, 255] {
        let refused = DatasetInvalidPurposes { purposes, maximum: 31 };
        registry.fails(CURATOR, &call(0, purposes), &refused);
    }
    for len in [0, 65] {
        let refused = DatasetInvalidName {
            length: U256::from(len),
            minimum: U256::ONE,
            maximum: U256::from(64),
        };
        registry.fails(CURATOR, &create_dataset(&"n".repeat(len)), &refused);
    }
    let nameHash = keccak256("everything");
    let refused = DatasetNameInUse { nameHash, datasetId: U256::ONE };
    registry.fails(CURATOR, &create_dataset("everything"), &refused);
    for (dataClass, purposes) in [(0, 1), (3, 31)] {
        registry.ok(CURATOR, &call(dataClass, purposes));
    }
    registry.ok(CURATOR, &create_dataset(&"n".repeat(64)));
}

#[test]
fn parameters_have_bounds_and_only_the_admin_sets_them() {
    let registry = Registry::new();
    assert_eq!(registry.ok(MALLORY, &challengePeriodCall {}), 3 * 86_400);
    assert_eq!(registry.ok(MALLORY, &minCohortCall {}), 5);
    let refused = |value, minimum, maximum| DataRegistryParameterOutOfBounds {
        value: U256::from(value),
        minimum: U256::from(minimum),
        maximum: U256::from(maximum),
    };
    for newPeriod in [30 * 86_400 + 1, u64::MAX] {
        let call = setChallengePeriodCall { newPeriod };
        registry.fails(ADMIN, &call, &refused(newPeriod, 0, 30 * 86_400));
    }
    for newCohort in [0, 1, 1_000_001, u64::MAX] {
        let call = setMinCohortCall { newCohort };
        registry.fails(ADMIN, &call, &refused(newCohort, 2, 1_000_000));
    }
    for account in [MALLORY, CURATOR, GUARDIAN, HOSPITAL] {
        let refused = AccessControlUnauthorizedAccount { account, neededRole: B256::ZERO };
        registry.fails(account, &setChallengePeriodCall { newPeriod: 1 }, &refused);
        registry.fails(account, &setMinCohortCall { newCohort: 2 }, &refused);
    }
    let mut old = (3 * 86_400, 5);
    for new in [(0, 2), (30 * 86_400, 1_000_000)] {
        registry.ok(ADMIN, &setChallengePeriodCall { newPeriod: new.0 });
        registry.ok(ADMIN, &setMinCohortCall { newCohort: new.1 });
        registry.emitted(&[
            log(&ChallengePeriodChanged { oldPeriod: old.0, newPeriod: new.0 }),
            log(&MinCohortChanged { oldCohort: old.1, newCohort: new.1 }),
        ]);
        assert_eq!(registry.ok(MALLORY, &challengePeriodCall {}), new.0);
        assert_eq!(registry.ok(MALLORY, &minCohortCall {}), new.1);
        old = new;
    }
    registry.ok(ADMIN, &setMinCohortCall { newCohort: old.1 });
    registry.emitted(&[]);
}
