/// What runs in a worker process.
package dev.cenote.internal.worker;
