/** What the page says of what was counted: sums, shares, percentiles, thirty days, and nothing where nothing is. */
import * as assert from 'node:assert/strict';
import { BINS, binOf, middleOf, percentile } from '../../../../src/completion/statistics/latency';
import { type Counts, dayOf, daysBefore, type Entry } from '../../../../src/completion/statistics/ledger';
import { CHART_DAYS, isFromPage, isToPage } from '../../../../src/completion/statistics/protocol';
import { summary } from '../../../../src/completion/statistics/summary';
import { pageTexts } from '../../../../src/completion/statistics/texts';

const today = new Date(2026, 10, 21, 9);
const translate = (message: string, ...values: readonly unknown[]) =>
	message.replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)]));

function entry(counts: Counts, more: Partial<Entry> = {}): Entry {
	return { day: '2026-11-21', language: 'go', model: 'coder', adapter: '', counts, ...more };
}

function page(...entries: Entry[]) {
	return summary(entries, { today, labelOf: dayOf, nameOf: (id) => `${id} by name`, translate });
}

function figure(state: ReturnType<typeof page>, label: RegExp) {
	const found = state.figures.find((one) => label.test(one.label));
	return found === undefined ? undefined : `${found.value}; ${found.detail}`;
}

describe('statistics: latency', () => {
	it('puts every time into a bin whose middle is within a tenth of it', () => {
		for (let milliseconds = 0.5; milliseconds < 20_000; milliseconds *= 1.07) {
			const ratio = middleOf(binOf(milliseconds)) / milliseconds;
			assert.ok(ratio > 0.9 && ratio < 1.1, `${milliseconds}: ${ratio}`);
		}
		assert.deepEqual([binOf(0), binOf(0.1), binOf(1e9)], [0, 0, BINS - 1]);
	});

	it('gives the time below which a share lies', () => {
		const bins = Array.from({ length: BINS }, () => 0);
		assert.equal(percentile(bins, 0.5), undefined);
		bins[4] = 95;
		bins[40] = 5;
		assert.equal(percentile(bins, 0.5), middleOf(4));
		assert.equal(percentile(bins, 0.95), middleOf(4));
		assert.equal(percentile(bins, 0.96), middleOf(40));
	});
});

describe('statistics: summary', () => {
	it('is empty before anything was counted, and after all of it is too old', () => {
		assert.equal(page().isEmpty, true);
		const old = dayOf(daysBefore(today, CHART_DAYS));
		assert.equal(page(entry({ shown: 1 }, { day: old })).isEmpty, true);
		const oldest = dayOf(daysBefore(today, CHART_DAYS - 1));
		assert.equal(page(entry({ shown: 1 }, { day: oldest })).isEmpty, false);
	});

	it('says shares of what they are shares of, and a dash where there is nothing', () => {
		const state = page(
			entry({ shown: 30, accepted: 6, acceptedCharacters: 1_200, 'checked.30': 5, 'kept.30': 4 }),
			entry({ shown: 10, accepted: 4, promptTokens: 2_000, reusedTokens: 1_900 }, { language: 'c' }),
		);
		assert.equal(figure(state, /Shown/), '40; visible for at least 750 ms with the cursor at rest');
		assert.equal(figure(state, /^Accepted$/), '10; 25 % of those shown');
		assert.match(figure(state, /Characters/) ?? '', /^1,200;/);
		assert.equal(figure(state, /30 seconds/), '80 %; 4 of 5 accepted as a whole');
		assert.match(figure(state, /5 minutes/) ?? '', /^–;/);
		assert.equal(figure(state, /Prompt/), '95 %; of 2,000 tokens, as far as the model reported it');
	});

	it('says what is an estimate', () => {
		const estimates = page().figures.filter(({ label }) => label.includes('estimate'));
		assert.deepEqual(
			estimates.map(({ label }) => label),
			['Shown (estimate)', 'Accepted in part (estimate)'],
		);
	});

	it('has a bar for every day, the last today, across a change of the hour', () => {
		const { days } = page(entry({ shown: 3, accepted: 1 }), entry({ shown: 2 }, { day: '2026-10-25' }));
		assert.equal(days.labels.length, CHART_DAYS);
		assert.equal(new Set(days.labels).size, CHART_DAYS);
		assert.deepEqual([days.labels[0], days.labels.at(-1)], ['2026-10-23', '2026-11-21']);
		assert.deepEqual([days.shown.at(-1), days.accepted.at(-1)], [3, 1]);
		assert.equal(days.shown[days.labels.indexOf('2026-10-25')], 2);
	});

	it('tells the times by source, and of all together', () => {
		const [table] = page(
			entry({ [`latency.ahead.${binOf(0.2)}`]: 60, [`latency.model.${binOf(200)}`]: 39 }),
			entry({ [`latency.model.${binOf(3_000)}`]: 1 }, { language: 'c' }),
		).tables;
		const rows = table?.rows.map((row) => row.slice(1)) ?? [];
		assert.deepEqual(rows[0], ['60', '< 1 ms', '< 1 ms']);
		assert.deepEqual(rows[1], ['0', '–', '–']);
		assert.deepEqual(rows[3], ['40', '200 ms', '200 ms']);
		assert.deepEqual(rows[4], ['100', '< 1 ms', '200 ms']);
	});

	it('has a row for each language, model and adapter, the most shown first', () => {
		const [, languages, models, adapters] = page(
			entry({ shown: 1, accepted: 1 }),
			entry({ shown: 8, accepted: 2 }, { language: 'c', adapter: 'shop' }),
			entry({ shown: 1 }, { model: 'starter' }),
		).tables;
		const brief = (rows: readonly (readonly string[])[] | undefined) => rows?.map((row) => row.slice(0, 4));
		assert.deepEqual(brief(languages?.rows), [
			['c by name', '8', '2', '25 %'],
			['go by name', '2', '1', '50 %'],
		]);
		assert.deepEqual(brief(models?.rows), [
			['coder', '9', '3', '33 %'],
			['starter', '1', '0', '0 %'],
		]);
		assert.deepEqual(brief(adapters?.rows), [
			['shop', '8', '2', '25 %'],
			['none', '2', '1', '50 %'],
		]);
		for (const row of languages?.rows ?? []) {
			assert.equal(row.length, languages?.heads.length);
		}
	});

	it('is a message that the page takes, with any number of languages', () => {
		const entries = Array.from({ length: 100 }, (_, index) => entry({ shown: 1 }, { language: `l${index}` }));
		const message = { type: 'state', texts: pageTexts(translate), state: page(...entries) };
		assert.equal(isToPage(message), true);
		const { shown: _, ...texts } = message.texts;
		assert.equal(isToPage({ ...message, texts }), false);
		const uneven = { ...message.state, days: { ...message.state.days, shown: [1] } };
		assert.equal(isToPage({ ...message, state: uneven }), false);
	});

	it('takes two messages of the page, and no other', () => {
		const messages = [{ type: 'ready' }, { type: 'reset' }, { type: 'state' }, 'reset', null];
		assert.deepEqual(messages.map(isFromPage), [true, true, false, false, false]);
	});
});
