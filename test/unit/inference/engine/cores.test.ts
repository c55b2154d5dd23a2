/** Cores that are really available: those of the scheduler, less what any control group around takes away. */
import * as assert from 'node:assert/strict';
import { countCores } from '../../../../src/inference/engine/cores';

describe('countCores', () => {
	const count = (files: Readonly<Record<string, string>>) => countCores(8, (file) => files[file]);
	const v1 = '/sys/fs/cgroup/cpu';

	it('are all where nothing limits them, or nobody says', () => {
		assert.equal(count({}), 8);
		assert.equal(
			count({ '/proc/self/cgroup': '0::/user.slice\n', '/sys/fs/cgroup/cpu.max': 'max 100000\n' }),
			8,
		);
		const unlimited = { [`${v1}/cpu.cfs_quota_us`]: '-1\n', [`${v1}/cpu.cfs_period_us`]: '100000\n' };
		assert.equal(count({ '/proc/self/cgroup': '3:cpu,cpuacct:/\n', ...unlimited }), 8);
	});

	it('follow the limit of a container, of either version of control groups', () => {
		assert.equal(count({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '200000 100000\n' }), 2);
		const limited = { [`${v1}/cpu.cfs_quota_us`]: '150000\n', [`${v1}/cpu.cfs_period_us`]: '50000\n' };
		assert.equal(count({ '/proc/self/cgroup': '4:memory:/\n3:cpu,cpuacct:/docker/0a\n', ...limited }), 3);
	});

	it('follow the smallest of the limits around', () => {
		const files = {
			'/proc/self/cgroup': '0::/a.slice/b.scope\n',
			'/sys/fs/cgroup/a.slice/cpu.max': '300000 100000\n',
			'/sys/fs/cgroup/a.slice/b.scope/cpu.max': '400000 100000\n',
		};
		assert.equal(count(files), 3);
	});
});
