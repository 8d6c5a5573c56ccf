// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

// Compiled for their artifacts: the deployer uses OpenZeppelin's proxies as they are.
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {UpgradeableBeacon} from "@openzeppelin/contracts/proxy/beacon/UpgradeableBeacon.sol";
