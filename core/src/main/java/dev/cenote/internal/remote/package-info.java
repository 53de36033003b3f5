/// What the dispatcher knows of workers outside this JVM.
package dev.cenote.internal.remote;
