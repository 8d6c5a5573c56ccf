// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";

import {TeamRoster} from "../../src/governance/TeamRoster.sol";
import {Parameters} from "../../src/parameters/Parameters.sol";
import {Vm} from "./Vm.sol";

/// @title Profiles from `profiles/<name>.json`, and the contracts that hold them
abstract contract ProfileLoader {
    Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    string private constant FILE_ENTRY = "FileEntry(string key,uint256 value,bool raisable,uint256 min,uint256 max)";

    struct FileEntry {
        string key;
        uint256 value;
        bool raisable;
        uint256 min;
        uint256 max;
    }

    struct Profile {
        string name;
        uint256 version;
        bytes32 hash;
        bytes32[] keys;
        uint256[] values;
        bool[] raisable;
        uint256[] min;
        uint256[] max;
    }

    function _profile(string memory name) internal view returns (Profile memory p) {
        string memory json = VM.readFile(string.concat(VM.projectRoot(), "/profiles/", name, ".json"));
        p.name = VM.parseJsonString(json, ".name");
        p.version = VM.parseJsonUint(json, ".version");
        p.hash = VM.parseJsonBytes32(json, ".hash");
        FileEntry[] memory entries = abi.decode(VM.parseJsonTypeArray(json, ".entries", FILE_ENTRY), (FileEntry[]));
        p.keys = new bytes32[](entries.length);
        p.values = new uint256[](entries.length);
        p.raisable = new bool[](entries.length);
        p.min = new uint256[](entries.length);
        p.max = new uint256[](entries.length);
        for (uint256 i = 0; i < entries.length; ++i) {
            p.keys[i] = _key(entries[i].key);
            p.values[i] = entries[i].value;
            p.raisable[i] = entries[i].raisable;
            p.min[i] = entries[i].min;
            p.max[i] = entries[i].max;
        }
    }

    /// @dev Text to key, left-aligned.
    function _key(string memory text) internal pure returns (bytes32) {
        require(bytes(text).length < 32, "key too long");
        return bytes32(bytes(text));
    }

    /// @dev Parameters on the profile; `admin` has every role and the accounts are still unset.
    function _deployParameters(string memory name, address admin) internal returns (Parameters parameters) {
        Profile memory p = _profile(name);
        bytes memory data = abi.encodeCall(Parameters.initialize, (p.name, p.version, p.keys, p.values, admin));
        parameters = Parameters(address(new ERC1967Proxy(address(new Parameters()), data)));
        VM.startPrank(admin);
        parameters.grantRole(parameters.GOVERNANCE_ROLE(), admin);
        VM.stopPrank();
    }

    /// @dev The roster that `parameters` asks; `admin` may appoint.
    function _deployRoster(Parameters parameters, address admin) internal returns (TeamRoster roster) {
        bytes memory data = abi.encodeCall(TeamRoster.initialize, (address(parameters), admin));
        roster = TeamRoster(address(new ERC1967Proxy(address(new TeamRoster()), data)));
        VM.startPrank(admin);
        roster.grantRole(roster.GOVERNANCE_ROLE(), admin);
        parameters.setAccount("roster", address(roster));
        VM.stopPrank();
    }
}
