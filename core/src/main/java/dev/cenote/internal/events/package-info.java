/// Flight Recorder events: what pools did, for `jfr print` and JDK Mission Control.
package dev.cenote.internal.events;
