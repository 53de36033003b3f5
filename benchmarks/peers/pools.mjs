// SPDX-License-Identifier: Apache-2.0
// Pools of Node, for the harness: PEERS=FOLDER node pools.mjs NAME
//
// FOLDER is where the packages are installed. Requests and answers are those of pools.py.

import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const name = process.argv[2]
const library = name.replace(/-.*/, '')
const packages = process.env.PEERS
const load = createRequire(packages + '/')
const here = file => fileURLToPath(new URL(file, import.meta.url))
const clock = () => process.hrtime.bigint()

const imported = async () => import(pathToFileURL(load.resolve(library)))

const KINDS = {
    piscina: async () => {
        const { Piscina } = load('piscina')
        return {
            open: n => new Piscina({ filename: here('tasks.mjs'), minThreads: n, maxThreads: n }),
            run: (pool, name, value) => pool.run(value, { name }),
            end: pool => pool.destroy(),
        }
    },
    tinypool: async () => {
        const { Tinypool } = await imported()
        return {
            open: n => new Tinypool({ filename: pathToFileURL(here('tasks.mjs')).href, minThreads: n, maxThreads: n }),
            run: (pool, name, value) => pool.run(value, { name }),
            end: pool => pool.destroy(),
        }
    },
    workerpool: async () => workerpool('thread'),
    'workerpool-processes': async () => workerpool('process'),
}

function workerpool(workerType) {
    const library = load('workerpool')
    return {
        open: n => library.pool(here('workerpool-worker.mjs'), { minWorkers: n, maxWorkers: n, workerType }),
        run: (pool, name, value) => pool.exec(name, [value]),
        end: pool => pool.terminate(),
    }
}

const kind = await KINDS[name]()
let pool
let made

async function warm(workers) {
    if (made !== workers) {
        await close()
        pool = kind.open(workers)
        made = workers
    }
    return pool
}

async function close() {
    if (pool) {
        await kind.end(pool)
    }
    pool = made = undefined
}

// None of them takes many items at a time.
const mapAll = (pool, name, values) => Promise.all(values.map(value => kind.run(pool, name, value)))

async function timed(action) {
    const begin = clock()
    const result = await action()
    return [Number(clock() - begin), result]
}

const itemsOf = request => (Array.isArray(request.items) ? request.items : [...Array(request.items).keys()])

const total = numbers => numbers.reduce((a, b) => a + Number(b), 0)

async function mapped(request) {
    const items = itemsOf(request)
    const values = request.operation === 'fetch' ? items.map(i => ({ port: request.port, i })) : items
    const workers = await warm(request.workers)
    const [nanos, results] = await timed(() => mapAll(workers, request.operation, values))
    if (request.operation === 'sum') {
        const { sum } = await import('./tasks.mjs')
        const [alone] = await timed(() => items.map(sum))
        return { nanos: [nanos, alone], check: total(results) }
    }
    if (request.operation === 'factorial') {
        return { nanos: [nanos], check: total(results.map(result => result % 1_000_003n)) }
    }
    return { nanos: [nanos], check: total(results) }
}

async function call(request) {
    const workers = await warm(request.workers)
    const value = new Uint8Array(64)
    const nanos = []
    let back = value
    for (let i = 0; i < request.items; i++) {
        const [one, result] = await timed(() => kind.run(workers, 'same', value))
        nanos.push(one)
        back = result
    }
    return { nanos, check: back.length }
}

async function busy(request) {
    const workers = await warm(request.workers)
    const value = new Uint8Array(64)
    const caller = async () => {
        for (let i = 0; i < Math.floor(request.items / request.workers); i++) {
            await kind.run(workers, 'same', value)
        }
    }
    const [nanos] = await timed(() => Promise.all(Array.from({ length: request.workers }, caller)))
    return { nanos: [nanos], check: 0 }
}

async function bulk(request) {
    const workers = await warm(request.workers)
    const value = request.operation === 'bytes' ? new Uint8Array(request.items) : new BigInt64Array(request.items / 8)
    const [nanos, back] = await timed(() => kind.run(workers, 'same', value))
    return { nanos: [nanos], check: back.length }
}

async function start(request) {
    const nanos = []
    let check = 0
    for (let i = 0; i < 2; i++) {
        const [one, squares] = await timed(async () => {
            const fresh = kind.open(request.workers)
            const results = await mapAll(fresh, 'square', itemsOf(request))
            await kind.end(fresh)
            return results
        })
        nanos.push(one)
        check = total(squares)
    }
    return { nanos, check }
}

const OTHERS = { call, busy, bytes: bulk, longs: bulk, start }
const COMMON = ['same', 'square', 'sum', 'sleep', 'fetch', 'start']

// Processes of workerpool talk in JSON, which has no bytes and no large numbers.
const operations = name.endsWith('-processes') ? COMMON : [...COMMON, 'factorial', 'call', 'busy', 'bytes', 'longs']
const version = JSON.parse(readFileSync(path.join(packages, 'node_modules', library, 'package.json'))).version
console.log(JSON.stringify({ version: `${library} ${version}, Node ${process.versions.node}`, operations }))

for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line)
    let said
    try {
        said = await (OTHERS[request.operation] ?? mapped)(request)
    } catch (e) {
        said = { error: String(e?.message ?? e) }
    }
    console.log(JSON.stringify(said))
}
await close()
process.exit(0)
