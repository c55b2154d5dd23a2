/** Tests of the page of a webview. */

import * as assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { pageOf } from '../../../src/inference/webviewPage';

const PARTS = { language: 'en', source: 'vscode:', script: 'a.js', style: 'a.css', nonce: 'n0' };

function policyOf(pictures: boolean): string {
	return /content="(default-src[^"]*)"/.exec(pageOf({ ...PARTS, pictures }))?.[1] ?? '';
}

describe('inference/webviewPage', () => {
	it('lets in one script by its nonce, styles of the extension, and nothing else', () => {
		const page = pageOf({ ...PARTS, pictures: false });
		const policy = policyOf(false);
		assert.match(policy, /default-src 'none'/);
		assert.match(policy, /script-src 'nonce-n0'/);
		assert.ok(!/unsafe|https?:|\*|font-src|img-src/.test(policy), policy);
		assert.equal([...page.matchAll(/<script nonce="n0" src="a\.js">/g)].length, 1);
	});

	it('shows fonts and pictures of the extension where they are asked for, and never those of the network', () => {
		const policy = policyOf(true);
		assert.match(policy, /font-src vscode:;/);
		assert.match(policy, /img-src vscode:;/);
		assert.ok(!/unsafe|https?:|\*/.test(policy), policy);
	});
});
