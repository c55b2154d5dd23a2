/** Models that were downloaded are read again: whole, changed in one bit, in parts, and such that nobody knows. */
import * as assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { english } from '../../../../src/finetune/job/english';
import { isAbort } from '../../../../src/inference/cancel';
import { contentFindings } from '../../../../src/inference/doctor/contentChecks';
import { Library } from '../../../../src/inference/models/library';
import { temporaryFolder } from '../../../support/engines';

const never = new AbortController().signal;

describe('doctor: contents of the model file', () => {
	let folder: string;
	/** Paths of the files. */
	let paths: string[];

	/** @param isKnown whether somebody said what the files hold. */
	async function store(isKnown = true): Promise<void> {
		folder = path.join(temporaryFolder(), 'models');
		const contents = ['GGUF, the first part', 'GGUF, the second part'];
		const record = {
			name: 'Coder',
			origin: 'owner/coder',
			licence: undefined,
			roles: [],
			files: contents.map((text, index) => ({
				name: `coder-0000${index + 1}-of-00002.gguf`,
				address: 'https://example.org/coder',
				bytes: text.length,
				sha256: isKnown ? createHash('sha256').update(text).digest('hex') : undefined,
			})),
		};
		const library = new Library(folder, english);
		await library.keep(record);
		paths = record.files.map((file) => library.pathOf(record, file));
		for (const [index, text] of contents.entries()) {
			fs.writeFileSync(paths[index] ?? '', text);
		}
	}
	const check = (signal = never) => contentFindings(paths[0] ?? '', folder, english, signal);

	it('are as they arrived', async () => {
		await store();
		const [finding, ...others] = await check();
		assert.deepEqual([finding?.grade, others], ['ok', []]);
		assert.match(finding?.measured ?? '', /as they arrived/);
	});

	it('are not when one bit of one part is another', async () => {
		await store();
		const second = paths[1] ?? '';
		const bytes = fs.readFileSync(second);
		bytes.writeUInt8(bytes.readUInt8(3) ^ 1, 3);
		fs.writeFileSync(second, bytes);
		const [finding] = await check();
		assert.equal(finding?.grade, 'wrong');
		assert.match(
			finding?.measured ?? '',
			/^coder-00002-of-00002\.gguf is not as it arrived .*get it again\.$/,
		);
	});

	it('are not looked at where nobody knows what they were, or the model lies elsewhere', async () => {
		await store(false);
		assert.deepEqual(await check(), []);
		await store();
		assert.deepEqual(await contentFindings('/elsewhere/coder.gguf', folder, english, never), []);
	});

	it('can be left unread', async () => {
		await store();
		await assert.rejects(check(AbortSignal.abort()), isAbort);
	});
});
