/** Where code may go, and where not. */
import * as assert from 'node:assert/strict';
import { english } from '../../../../src/finetune/job/english';
import { readAddress } from '../../../../src/inference/remote/address';

describe('inference/remote/address', () => {
	for (const [text, base, place] of [
		['https://models.example.com', 'https://models.example.com', 'internet'],
		['https://models.example.com/v1', 'https://models.example.com', 'internet'],
		[' https://models.example.com/llm/v1/ ', 'https://models.example.com/llm', 'internet'],
		['http://localhost:8080/', 'http://localhost:8080', 'machine'],
		['http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080', 'machine'],
		['http://[::1]:8080', 'http://[::1]:8080', 'machine'],
		['http://10.1.2.3:8000', 'http://10.1.2.3:8000', 'network'],
		['http://192.168.0.7:11434', 'http://192.168.0.7:11434', 'network'],
		['http://172.31.0.1', 'http://172.31.0.1', 'network'],
		['http://100.100.1.1', 'http://100.100.1.1', 'network'],
		['http://[fd00::1]:80', 'http://[fd00::1]', 'network'],
		['http://gpu-box:8000', 'http://gpu-box:8000', 'network'],
		['http://gpu.local', 'http://gpu.local', 'network'],
		['HTTPS://Models.Example.com?x=1#y', 'https://models.example.com', 'internet'],
	] as const) {
		it(`takes ${text}`, () => {
			const read = readAddress(text, english);
			assert.ok(read.type === 'address', JSON.stringify(read));
			assert.equal(read.address.base, base);
			assert.equal(read.address.place, place);
		});
	}

	for (const [text, reason] of [
		['', /not the address/],
		['models.example.com', /not the address/],
		['ftp://models.example.com', /not the address/],
		['file:///etc/passwd', /not the address/],
		['http://models.example.com', /without encryption/],
		['http://8.8.8.8', /without encryption/],
		['http://172.32.0.1', /without encryption/],
		['http://100.128.0.1', /without encryption/],
		// Names that only look like a private address.
		['http://10.example.com', /without encryption/],
		['http://127.0.0.1.example.com', /without encryption/],
		['http://localhost.example.com', /without encryption/],
		['http://[2001:db8::1]', /without encryption/],
		['https://me:secret@models.example.com', /holds a user name or a password/],
	] as const) {
		it(`refuses ${text}`, () => {
			const read = readAddress(text, english);
			assert.ok(read.type === 'refused', JSON.stringify(read));
			assert.match(read.reason, reason);
			assert.doesNotMatch(read.reason, /secret@/);
		});
	}
});
