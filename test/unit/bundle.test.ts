/** What every start of the editor reads: the main bundle holds nothing that only a command or a running model needs. */

import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { isRecord } from '../../src/inference/record';
import { root } from '../support/root';

/** Paths from the root of the files that a built file was made from, by its source map. */
function sourcesOf(file: string): readonly string[] {
	const map: unknown = JSON.parse(fs.readFileSync(path.join(root, 'dist', `${file}.map`), 'utf8'));
	const sources: unknown = isRecord(map) ? map['sources'] : undefined;
	assert.ok(Array.isArray(sources));
	return sources.map((source: unknown) =>
		path.relative(root, path.join(root, 'dist', String(source))).replaceAll('\\', '/'),
	);
}

/** Files of their own, and what each must hold, so that it is known to be the right one. */
const ON_DEMAND: readonly (readonly [string, RegExp])[] = [
	['jsonrpc.js', /node_modules\/vscode-jsonrpc\//],
	['ignore.js', /node_modules\/ignore\//],
	['api.js', /^src\/inference\/(serve\/|apiCommands\.ts)/],
	['builtIn.js', /^src\/chat\/builtIn\/(conversation|relay|reply)\.ts$/],
	['doctor.js', /^src\/inference\/doctor\/checkup\.ts$/],
	['doctorCommand.js', /^src\/inference\/doctor\.ts$/],
	['diagnostics.js', /^src\/inference\/diagnostics\.ts$/],
	['editorDialogues.js', /^src\/inference\/editorDialogues\.ts$/],
	['workshop.js', /^src\/finetune\/job\/run\.ts$/],
	['editorActions.js', /node_modules\/diff\//],
	['editorContext.js', /^src\/chat\/context\/desk\.ts$/],
	['nextEditWriter.js', /^src\/completion\/nextEdit\/application\.ts$/],
	['acceleration.js', /^src\/inference\/acceleration\/(untar|packStore|packs)\.(ts|json)$/],
	['models.js', /^src\/inference\/models\/(openShop|catalogue|web)\.ts$/],
	['remote.js', /^src\/inference\/remote\/(open|remoteModel|connection)\.ts$/],
	['statusMenu.js', /^src\/inference\/statusMenu\.ts$/],
	['serverCommands.js', /^src\/inference\/(serverCommands|remote\/connect)\.ts$/],
	['supervisor.js', /^src\/inference\/client\/(supervisor|hostLife|hostLink|election)\.ts$/],
	['modelsView.js', /^src\/inference\/(modelsView|models\/(treeRows|benchmark))\.ts$/],
	['pageContents.js', /^src\/completion\/statistics\/summary\.ts$/],
];

describe('bundle', () => {
	const main = sourcesOf('extension.js');

	it('is that of the extension', () => {
		assert.ok(main.includes('src/extension.ts'));
	});

	for (const [file, what] of ON_DEMAND) {
		it(`leaves to ${file} what is read when it is wanted`, () => {
			assert.ok(
				sourcesOf(file).some((source) => what.test(source)),
				file,
			);
			assert.deepEqual(
				main.filter((source) => what.test(source)),
				[],
			);
		});
	}

	it('holds no panel, no dataset, no tokeniser and no secret scanner', () => {
		const heavy =
			/^src\/finetune\/(panel\/session|dataset|corpus|peft|training)|node_modules\/(gpt-tokenizer|@secretlint|web-tree-sitter|markdown-it|highlight\.js)\//;
		assert.deepEqual(
			main.filter((source) => heavy.test(source)),
			[],
		);
	});
});
