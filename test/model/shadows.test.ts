/** Shadows of trained matrices: products read them, and they follow every update. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Shadows } from '../../src/finetune/training/shadows';
import { writeRandomModel } from '../support/randomModel';
import { cosine, passOf, type Rig, randomBatch, rig } from '../support/training';

const LENGTH = 96;

describe('shadows', () => {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-shadows-'));
	const file = path.join(folder, 'model.gguf');
	const batch = randomBatch(LENGTH, 512);
	let exact: Rig;
	let shadowed: Rig;
	let shadows: Shadows;

	before(() => {
		writeRandomModel(file, {
			architecture: 'llama',
			layers: 2,
			width: 128,
			heads: 4,
			keyValueHeads: 4,
			feedForward: 256,
			vocabulary: 512,
			contextLength: LENGTH,
			type: 'F32',
			ownOutput: false,
			varied: true,
		});
		const base = { trainAll: true, tokens: 'all' } as const;
		exact = rig(file, batch, { base });
		shadowed = rig(file, batch, { base, shadowed: true });
		shadows = shadowed.shadows ?? assert.fail();
	});
	after(() => {
		shadowed.dispose();
		exact.dispose();
		fs.rmSync(folder, { recursive: true });
	});

	it('gives nearly the loss and the gradients of the exact numbers', async () => {
		const [one, other] = [await passOf(shadowed, batch), await passOf(exact, batch)];
		assert.notEqual(one.loss, other.loss);
		assert.ok(Math.abs(one.loss - other.loss) < 0.01 * other.loss, `${one.loss} ${other.loss}`);
		assert.ok(cosine(one.gradients, other.gradients) > 0.998, String(cosine(one.gradients, other.gradients)));
	});

	it('reads what was updated only when it is refreshed', async () => {
		const { loss: before } = await passOf(shadowed, batch);
		shadowed.optimizer.update(0.01, 0);
		const { loss: stale } = await passOf(shadowed, batch);
		shadows.refresh();
		const { loss: fresh } = await passOf(shadowed, batch);
		// Norms and embeddings have no shadow that is read forward: they changed at once.
		assert.ok(before - fresh > 2 * Math.abs(before - stale), `${before} ${stale} ${fresh}`);
	});

	it('leaves what is no matrix of whole blocks as it is', () => {
		const { base } = shadowed;
		assert.notEqual(shadows.over(base.output).shadow, undefined);
		const { weight } = base.norm(0, 'attn_norm');
		const vector = { weight, transposed: undefined, bias: undefined };
		assert.equal(shadows.over(vector), vector);
	});
});
