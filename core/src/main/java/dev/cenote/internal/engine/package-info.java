/// The engines: what a worker is, and nothing else. Everything a user can observe is written in the dispatcher.
package dev.cenote.internal.engine;
