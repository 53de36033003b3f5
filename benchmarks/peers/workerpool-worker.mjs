// SPDX-License-Identifier: Apache-2.0
// A worker of workerpool, which wants to be told what there is to run.

import { createRequire } from 'node:module'
import * as tasks from './tasks.mjs'

createRequire(process.env.PEERS + '/')('workerpool').worker({ ...tasks })
