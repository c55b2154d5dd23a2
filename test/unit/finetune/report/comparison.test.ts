/** Adapters beside each other: the same rows for all, what differs, and when figures must not be compared. */

import assert from 'node:assert/strict';
import { comparisonContent, comparisonMarkdown } from '../../../../src/finetune/report/comparison';
import { isToReport } from '../../../../src/finetune/report/protocol';
import type { AdapterRecord } from '../../../../src/finetune/report/record';
import { reportTexts } from '../../../../src/finetune/report/texts';
import { data, failed, record } from '../../../support/reportSample';
import { translate } from '../panel/runs';

const other: AdapterRecord = {
	...record,
	adapter: '9f8e7d6c.gguf',
	name: 'shop, nights',
	judgement: failed,
	settings: record.settings === undefined ? undefined : { ...record.settings, rank: 32 },
};

function compare(...records: readonly AdapterRecord[]) {
	const counts = [{ adapter: '0a1b2c3d', model: 'm', shown: 50, accepted: 10, checked: 0, kept: 0 }];
	const content = comparisonContent(records, counts, String, translate);
	const message: unknown = { type: 'comparison', texts: reportTexts(translate), content };
	assert.ok(isToReport(message), 'the page accepts it');
	return content;
}

describe('finetune/report/comparison', () => {
	it('has one row for each figure, and says which differ', () => {
		const { names, sections, warning } = compare(record, other);
		assert.deepEqual([names, warning], [['shop', 'shop, nights'], undefined]);
		const row = (label: string) => sections.flatMap(({ rows }) => rows).find((one) => one.label === label);
		assert.deepEqual(row('Rank, alpha'), {
			label: 'Rank, alpha',
			cells: ['16, 32', '32, 32'],
			differs: true,
		});
		assert.equal(row('Learning rate')?.differs, false);
		assert.deepEqual(row('Loss, nats per token')?.cells, [
			'−0.2100 (−0.2700 to −0.1500)',
			'−0.0400 (−0.1000 to +0.0200)',
		]);
		assert.deepEqual(row('Accepted of those shown')?.cells, ['20.0 % / 50', '–']);
		for (const { rows } of sections) {
			assert.ok(rows.every(({ cells }) => cells.length === 2));
		}
	});

	it('warns where the figures are not of the same test', () => {
		const at = (test: string | undefined) => ({ ...other, data: { ...data, test } });
		assert.equal(compare(record, at(data.test)).warning, undefined);
		assert.match(
			compare(record, at('b'.repeat(64))).warning ?? '',
			/different places: .* cannot be compared/,
		);
		assert.match(compare(record, at(undefined)).warning ?? '', /not known/);
		assert.match(compare(record, { ...other, judgement: undefined }).warning ?? '', /Not all of them/);
		const base = { name: 'Other', fingerprint: 'e'.repeat(64) };
		assert.match(compare(record, { ...other, base }).warning ?? '', /different base models/);
	});

	it('is a Markdown table, too', () => {
		const text = comparisonMarkdown(compare(record, { ...other, name: 'a|b' }));
		assert.match(text, /^# Fine-tunes compared\n/);
		assert.match(text, /\n\| {2}\| shop \| a\\\|b \|\n\| --- \| --- \| --- \|\n/);
	});
});
