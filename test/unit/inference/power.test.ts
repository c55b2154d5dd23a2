/** Battery or mains, from what the systems say. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { type Power, readPower, watchPower } from '../../../src/inference/power';
import { FakeClock } from '../../support/fakeClock';
import { never } from '../../support/fakeHost';

describe('inference/power', () => {
	let supplies: string;
	beforeEach(() => {
		supplies = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
	});
	afterEach(() => fs.rmSync(supplies, { recursive: true, force: true }));

	function supply(name: string, files: Readonly<Record<string, string>>): void {
		fs.mkdirSync(path.join(supplies, name));
		for (const [file, text] of Object.entries(files)) {
			fs.writeFileSync(path.join(supplies, name, file), `${text}\n`);
		}
	}

	function read(platform: NodeJS.Platform, pmset = ''): Promise<Power> {
		return readPower({ platform, supplies, pmset: async () => pmset }, never);
	}

	it('reads the supplies of Linux: a laptop without its plug', async () => {
		supply('AC', { type: 'Mains', online: '0' });
		supply('BAT0', { type: 'Battery', status: 'Discharging', scope: 'System' });
		assert.equal(await read('linux'), 'battery');
	});

	it('believes any plug, also one through USB-C', async () => {
		supply('BAT0', { type: 'Battery', status: 'Discharging' });
		supply('ucsi-source-psy-1', { type: 'USB', online: '1' });
		assert.equal(await read('linux'), 'mains');
	});

	it('does not take a mouse for the machine', async () => {
		supply('hidpp_battery_0', { type: 'Battery', status: 'Discharging', scope: 'Device' });
		assert.equal(await read('linux'), 'unknown');
	});

	it('does not know where nothing is said', async () => {
		fs.rmSync(supplies, { recursive: true });
		assert.equal(await read('linux'), 'unknown');
		assert.equal(await read('win32'), 'unknown');
		assert.equal(await read('darwin'), 'unknown');
	});

	it('reads pmset on macOS, and lives without it', async () => {
		assert.equal(await read('darwin', "Now drawing from 'Battery Power'\n -InternalBattery-0"), 'battery');
		assert.equal(await read('darwin', "Now drawing from 'AC Power'\n"), 'mains');
		const pmset = () => Promise.reject(new Error('ENOENT'));
		assert.equal(await readPower({ platform: 'darwin', supplies, pmset }, never), 'unknown');
	});

	it('looks every 30 s and tells of changes only', async () => {
		const clock = new FakeClock();
		const answers: Power[] = ['unknown', 'battery', 'battery', 'mains', 'unknown'];
		const told: string[] = [];
		const over = new AbortController();
		const watching = watchPower(
			async () => answers.shift() ?? 'mains',
			(onBattery) => told.push(`${clock.now()} ${onBattery}`),
			(milliseconds, signal) => clock.sleep(milliseconds, signal),
			over.signal,
		);
		await clock.pass(150_000);
		assert.deepEqual(told, ['30000 true', '90000 false']);
		over.abort();
		await watching;
		assert.equal(clock.sleeping, 0);
	});
});
