/** Which names lines declare, in many languages. */
import * as assert from 'node:assert/strict';
import { declaredNames, Surroundings } from '../../../../src/chat/retrieval/names';

describe('declared names', () => {
	function check(line: string, ...names: readonly string[]) {
		it(line, () => assert.deepEqual(declaredNames(line), names));
	}
	check('export async function readAll(file: string) {', 'readAll');
	check('export default class Reader extends Base {', 'Reader');
	check('\tprivate async readNext(count: number): Promise<void> {', 'readNext');
	check('const open = (file) => {', 'open');
	check("\t'use strict';");
	check('    def read_all(self, path):', 'read_all');
	check('func (r *Reader) ReadAll(p []byte) (int, error) {', 'ReadAll');
	check('pub(crate) fn read_all<R: Read>(reader: R) -> Vec<u8> {', 'read_all');
	check('static int read_all(FILE *file) {', 'read_all');
	check('module Mustermann', 'Mustermann');
	check('\tif (isOpen) {');
	check('\treturn readAll(');
	check('\tfor (let index = 0; index < 3; index++) {', 'index');
	check('exports.close = function (file) {', 'close');
	check(`const data = '${'x'.repeat(500)}'`);

	it('know what they stand in', () => {
		const surroundings = new Surroundings();
		const lines = [
			'class Store {',
			'\tsave() {',
			'\t\tthis.write();',
			'\t}',
			'',
			'\tload() {',
			'}',
			'other();',
		];
		const around = lines.map((line) => {
			const names = surroundings.around(line);
			surroundings.read(line, declaredNames(line));
			return names.join(' ');
		});
		assert.deepEqual(around, ['', 'Store', 'Store save', 'Store', '', 'Store', '', '']);
	});
});
