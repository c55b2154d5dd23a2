/** Adapters with their records, put where the editor keeps them: what a report shows without a training before it. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../../scripts/install.mjs';
import { importTypeScript } from './typescript.mjs';

const { writeGguf } = await importTypeScript('test/support/ggufWriter.ts');
const { readGgufFile } = await importTypeScript('src/inference/gguf/gguf.ts');
const { DEFAULT_SETTINGS } = await importTypeScript('src/finetune/settings.ts');
const { failed, passed, record } = await importTypeScript('test/support/reportSample.ts');

/** The matrix of the starter that the adapters change, by nothing. */
const MATRIX = 'blk.0.attn_q.weight';
const RANK = 16;

function writeAdapter(file, name) {
	const { tensors, metadata } = readGgufFile(path.join(root, 'models/starter.gguf'));
	const [inputs, outputs] = tensors.find((tensor) => tensor.name === MATRIX).shape;
	const text = (value) => ({ type: 'string', value });
	writeGguf(file, {
		metadata: {
			'general.architecture': text(metadata.get('general.architecture').value),
			'general.type': text('adapter'),
			'general.name': text(name),
			'adapter.type': text('lora'),
			'adapter.lora.alpha': { type: 'float32', value: RANK },
			'familiar.settings': text(JSON.stringify(DEFAULT_SETTINGS)),
		},
		tensors: [
			{ name: `${MATRIX}.lora_a`, shape: [inputs, RANK], type: 'F32', fill: (values) => values.fill(0) },
			{ name: `${MATRIX}.lora_b`, shape: [RANK, outputs], type: 'F32', fill: (values) => values.fill(0) },
		],
	});
}

/**
 * One that passed, called `shop`, and one that did not, called `night run`; both were trained when the workspace's
 * repository had one commit.
 *
 * @param {ReturnType<typeof import('../../scripts/sample.mjs').makeSample>} sample
 * @param {number} commits That the repository has gained since.
 */
export function prepareReports({ workspace, userData }, commits) {
	const git = (...words) =>
		execFileSync('git', ['-C', workspace, '-c', 'user.name=a', '-c', 'user.email=a@b', ...words], {
			encoding: 'utf8',
		}).trim();
	git('init', '-q');
	git('add', '.');
	git('commit', '-qm', 'first');
	const commit = git('rev-parse', 'HEAD');
	for (let index = 0; index < commits; index++) {
		fs.appendFileSync(path.join(workspace, 'src/app.ts'), `// ${index}\n`);
		git('commit', '-qam', `${index}`);
	}
	const folder = path.join(userData, 'User/globalStorage/familiar.familiar/adapters');
	fs.mkdirSync(folder, { recursive: true });
	const heads = [{ repository: 'workspace', commit, at: Date.UTC(2026, 10, 1, 12) }];
	const write = (id, changes) => {
		writeAdapter(path.join(folder, `${id}.gguf`), changes.name);
		fs.writeFileSync(
			path.join(folder, `${id}.report.json`),
			JSON.stringify({
				...record,
				adapter: `${id}.gguf`,
				base: { name: 'starter', fingerprint: undefined },
				data: { ...record.data, heads, repositories: ['workspace'] },
				...changes,
			}),
		);
	};
	write('0a1b2c3d4e5f6071', { name: 'shop', judgement: passed, created: Date.UTC(2026, 10, 2, 9) });
	write('9f8e7d6c5b4a3921', {
		name: 'night run',
		judgement: failed,
		created: Date.UTC(2026, 10, 3, 9),
		settings: { ...DEFAULT_SETTINGS, rank: 32, alpha: 64, epochs: 3 },
		cost: { ...record.cost, seconds: 9_400 },
		learningCurve: undefined,
	});
	return folder;
}
