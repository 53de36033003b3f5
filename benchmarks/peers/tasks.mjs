// SPDX-License-Identifier: Apache-2.0
// The functions that workers of Node's pools run.

import http from 'node:http'

const still = new Int32Array(new SharedArrayBuffer(4))

export const same = x => x

export const square = x => x * x

export function sum(n) {
    let total = 0
    for (let i = 1; i <= n; i++) {
        total += i
    }
    return total
}

export function factorial(n) {
    let product = 1n
    for (let i = 2n; i <= n; i++) {
        product *= i
    }
    return product
}

export function sleep(micros) {
    if (micros > 0) {
        Atomics.wait(still, 0, 0, micros / 1000)
    }
    return micros
}

export const fetch = ({ port, i }) =>
    new Promise((resolve, reject) => {
        const options = { host: '127.0.0.1', port, path: '/' + i, agent: false, headers: { Connection: 'close' } }
        http.get(options, response => {
            let text = ''
            response.setEncoding('utf8')
            response.on('data', part => (text += part))
            response.on('end', () => resolve(Number(text)))
        }).on('error', reject)
    })
