/** Room for this process, from files as kernels write them. */
import assert from 'node:assert/strict';
import { availableMemory, type MemorySource } from '../../../../src/finetune/job/memory';

const MEMINFO = 'MemTotal:       32000000 kB\nMemFree:         1000000 kB\nMemAvailable:    8000000 kB\n';

function machine(files: Readonly<Record<string, string>>, rest: Partial<MemorySource> = {}): MemorySource {
	return {
		platform: 'linux',
		read: (file) => files[file],
		vmStat: () => undefined,
		free: () => 123,
		...rest,
	};
}

describe('finetune/job/memory', () => {
	it('takes what Linux calls available, not what is free', () => {
		assert.equal(availableMemory(machine({ '/proc/meminfo': MEMINFO })), 8_192_000_000);
	});

	it('obeys the limit of a group around its own (cgroups 2), pages of files not counted', () => {
		const files = {
			'/proc/meminfo': MEMINFO,
			'/proc/self/cgroup': '0::/user.slice/app.scope\n',
			'/sys/fs/cgroup/user.slice/app.scope/memory.max': 'max\n',
			'/sys/fs/cgroup/user.slice/app.scope/memory.current': '5000\n',
			'/sys/fs/cgroup/user.slice/memory.max': '4000000\n',
			'/sys/fs/cgroup/user.slice/memory.current': '3000000\n',
			'/sys/fs/cgroup/user.slice/memory.stat': 'anon 1\ninactive_file 500000\nactive_file 9\n',
		};
		assert.equal(availableMemory(machine(files)), 1_500_000);
	});

	it('finds the limit at the root of the mount, as a container sees it', () => {
		const files = {
			'/proc/meminfo': MEMINFO,
			'/proc/self/cgroup': '0::/docker/0123\n',
			'/sys/fs/cgroup/memory.max': '2000',
			'/sys/fs/cgroup/memory.current': '500',
		};
		assert.equal(availableMemory(machine(files)), 1_500);
	});

	it('obeys cgroups 1', () => {
		const files = {
			'/proc/meminfo': MEMINFO,
			'/proc/self/cgroup': '5:cpu,cpuacct:/x\n4:memory:/box\n',
			'/sys/fs/cgroup/memory/box/memory.limit_in_bytes': '9000',
			'/sys/fs/cgroup/memory/box/memory.usage_in_bytes': '8000',
			'/sys/fs/cgroup/memory/box/memory.stat': 'inactive_file 1\ntotal_inactive_file 700\n',
			'/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712',
			'/sys/fs/cgroup/memory/memory.usage_in_bytes': '1',
		};
		assert.equal(availableMemory(machine(files)), 1_700);
	});

	it('never says less than nothing', () => {
		const files = {
			'/proc/self/cgroup': '0::/\n',
			'/sys/fs/cgroup/memory.max': '1000',
			'/sys/fs/cgroup/memory.current': '2000',
		};
		assert.equal(availableMemory(machine(files)), 0);
	});

	it('counts the pages that macOS gives back', () => {
		const vmStat = () =>
			'Mach Virtual Memory Statistics: (page size of 16384 bytes)\nPages free:  10.\nPages active:  99.\n' +
			'Pages inactive:  20.\nPages speculative:  3.\n';
		assert.equal(availableMemory(machine({}, { platform: 'darwin', vmStat })), 33 * 16_384);
		assert.equal(availableMemory(machine({}, { platform: 'darwin' })), 123);
	});

	it('asks the system elsewhere', () => {
		assert.equal(availableMemory(machine({}, { platform: 'win32' })), 123);
		assert.equal(availableMemory(machine({})), 123);
	});

	it('finds some on this machine', () => {
		assert.ok(availableMemory() > 0);
	});
});
