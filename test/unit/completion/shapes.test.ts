/** What the syntax says is asked for, and what it says of a finished text, within the engine. */
import * as assert from 'node:assert/strict';
import type { Shape, Shapes } from '../../../src/completion/shape';
import { brief, house } from '../../support/completionHouse';
import { cursorIn } from '../../support/marked';

function scripted(shape: Shape | undefined, end?: number): Shapes {
	return { at: async () => shape, end: async () => end };
}

describe('engine: syntax', () => {
	it('where it says that nothing is wanted, the model is not asked, and the reason is told', async () => {
		const { model, get } = house({ shapes: scripted({ type: 'nothing', why: 'licence' }) });
		model.onFill = () => 'text';
		assert.equal(brief(await get(cursorIn('// Copyright █'))), 'licence');
		assert.equal(model.fills.length, 0);
	});

	it('by hand there is an answer all the same', async () => {
		const { model, byHand } = house({ shapes: scripted({ type: 'nothing', why: 'licence' }) });
		model.onFill = () => 'text';
		const outcome = await byHand(cursorIn('// Copyright █'));
		assert.equal(brief(outcome), 'model: text');
	});

	it('its shape is the one that is asked for', async () => {
		const block = { type: 'block', opens: false, column: 0, below: undefined } as const;
		const { model, get } = house({ shapes: scripted(block) });
		model.onFill = () => 'one(\n\ttwo,\n)';
		assert.equal(brief(await get(cursorIn('a = █'))), 'model: one(\n\ttwo,\n)');
	});

	it('where it does not know, indentation decides', async () => {
		const { model, get } = house({ shapes: scripted(undefined) });
		model.onFill = () => 'one(\n\ttwo,\n)';
		assert.equal(brief(await get(cursorIn('a = █'))), 'model: one(');
	});

	it('a finished text ends where it says', async () => {
		const { model, get } = house({ shapes: scripted(undefined, 3) });
		model.onFill = () => 'one two';
		assert.equal(brief(await get(cursorIn('a = █'))), 'model: one');
	});

	it('where it leaves nothing, there is nothing', async () => {
		const { model, get } = house({ shapes: scripted(undefined, 0) });
		model.onFill = () => 'one two';
		assert.equal(brief(await get(cursorIn('a = █'))), 'nothing-to-add');
	});
});
