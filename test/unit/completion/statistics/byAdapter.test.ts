/** Counts by adapter: sums over days and languages, by the identity of the adapter, and what earlier versions wrote. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { countsByAdapter } from '../../../../src/completion/statistics/byAdapter';
import { type Entry, isEntries, merge, prune } from '../../../../src/completion/statistics/ledger';
import { StatisticsStore } from '../../../../src/completion/statistics/store';
import { summary } from '../../../../src/completion/statistics/summary';

const today = new Date(2026, 10, 21, 12);

function entry(counts: Entry['counts'], more: Partial<Entry> = {}): Entry {
	return { day: '2026-11-21', language: 'go', model: 'coder', adapter: '', counts, ...more };
}

describe('statistics: by adapter', () => {
	it('sums by model and adapter, over days and languages', () => {
		const counts = countsByAdapter([
			entry({ shown: 10, accepted: 3, 'checked.120': 3, 'kept.120': 2 }),
			entry({ shown: 5, accepted: 1 }, { language: 'c', day: '2026-11-20' }),
			entry({ shown: 7, accepted: 2 }, { adapter: 'shop', adapterId: 'a1' }),
			entry({ shown: 1 }, { adapter: 'shop', adapterId: 'b2' }),
			entry({ shown: 100 }, { adapter: 'shop' }),
			entry({ shown: 2 }, { model: 'other' }),
		]);
		assert.deepEqual(counts, [
			{ adapter: '', model: 'coder', shown: 15, accepted: 4, checked: 3, kept: 2 },
			{ adapter: 'a1', model: 'coder', shown: 7, accepted: 2, checked: 0, kept: 0 },
			{ adapter: 'b2', model: 'coder', shown: 1, accepted: 0, checked: 0, kept: 0 },
			{ adapter: '', model: 'other', shown: 2, accepted: 0, checked: 0, kept: 0 },
		]);
	});

	it('reads the file of an earlier version, adds to it, and leaves it readable for that', async () => {
		const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-by-adapter-'));
		try {
			const file = path.join(folder, 'statistics.json');
			const old = entry({ shown: 4 }, { adapter: 'shop' });
			fs.writeFileSync(file, JSON.stringify({ version: '1', since: 0, entries: [old] }));
			const store = new StatisticsStore(file, () => today);
			await store.add([entry({ shown: 2 }, { adapter: 'shop', adapterId: 'a1' })], today.getTime());
			const entries = await store.read();
			assert.deepEqual(
				entries.map(({ adapterId, counts }) => [adapterId, counts['shown']]),
				[
					[undefined, 4],
					['a1', 2],
				],
			);
			assert.equal(JSON.parse(fs.readFileSync(file, 'utf8')).version, '1');
		} finally {
			fs.rmSync(folder, { recursive: true });
		}
	});

	it('keeps adapters of one name apart', () => {
		const entries = merge(
			[entry({ shown: 1 }, { adapter: 'shop', adapterId: 'aaaaaaaaaaaa' })],
			[
				entry({ shown: 2 }, { adapter: 'shop', adapterId: 'bbbbbbbbbbbb' }),
				entry({ shown: 4 }, { adapter: 'tools', adapterId: 'c' }),
			],
		);
		assert.equal(entries.length, 3);
		const { tables } = summary(entries, {
			today,
			labelOf: String,
			nameOf: (id) => id,
			translate: (text) => text,
		});
		const names = tables.at(-1)?.rows.map(([name]) => name);
		assert.deepEqual(names, ['tools', 'shop (bbbbbbbb)', 'shop (aaaaaaaa)']);
	});

	it('keeps no more groups than it would read again, and lets the oldest go', () => {
		const entries = Array.from({ length: 9_500 }, (_, index) =>
			entry({ shown: 1 }, { adapter: 'x', adapterId: `${index}`, language: `l${index}` }),
		);
		const kept = prune(merge([entry({ shown: 9 }, { day: '2026-11-01' })], entries), today);
		assert.ok(isEntries(kept));
		assert.equal(kept.length, 9_000);
		assert.equal(
			kept.some(({ day }) => day === '2026-11-01'),
			false,
		);
	});
});
