/** The battery is watched while it matters, and not at all otherwise. */
import * as assert from 'node:assert/strict';
import { Battery } from '../../../src/completion/battery';
import { settle } from '../../support/fakeClock';
import { recordingLog, silentLog } from '../../support/silentLog';

interface Watch {
	readonly tell: (onBattery: boolean) => void;
	readonly signal: AbortSignal;
}

function watched() {
	const watches: Watch[] = [];
	const battery = new Battery(async (tell, signal) => {
		watches.push({ tell, signal });
	}, silentLog);
	return { watches, battery };
}

describe('battery', () => {
	it('is not looked at before somebody wishes to know, and then once', () => {
		const { watches, battery } = watched();
		assert.equal(battery.isInUse, false);
		battery.configure(false);
		assert.equal(watches.length, 0);
		battery.configure(true);
		battery.configure(true);
		assert.equal(watches.length, 1);
		assert.equal(battery.isInUse, false);
	});

	it('is in use while the watch says so', () => {
		const { watches, battery } = watched();
		battery.configure(true);
		watches[0]?.tell(true);
		assert.equal(battery.isInUse, true);
		watches[0]?.tell(false);
		assert.equal(battery.isInUse, false);
	});

	it('is forgotten when nobody wishes to know any more; a late answer changes nothing', () => {
		const { watches, battery } = watched();
		battery.configure(true);
		watches[0]?.tell(true);
		battery.configure(false);
		assert.equal(watches[0]?.signal.aborted, true);
		assert.equal(battery.isInUse, false);
		watches[0]?.tell(true);
		assert.equal(battery.isInUse, false);
		battery.configure(true);
		assert.equal(watches.length, 2);
		battery.dispose();
		assert.equal(watches[1]?.signal.aborted, true);
	});

	it('counts as mains where it cannot be watched', async () => {
		const log = recordingLog();
		const battery = new Battery(async () => {
			throw new Error('no power here');
		}, log);
		battery.configure(true);
		await settle();
		assert.equal(battery.isInUse, false);
		assert.deepEqual(log.lines, ['warn The power cannot be watched: Error: no power here']);
	});
});
