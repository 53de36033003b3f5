// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/// The values of `java.time`. A class of its own, so that a worker that sees none of them does not load them.
final class Times {

    private Times() {}

    static void put(WireWriter out, int tag, Object value) {
        switch (tag) {
            case Tags.INSTANT -> put(out, (Instant) value);
            case Tags.DURATION -> put(out, (Duration) value);
            case Tags.LOCAL_DATE -> put(out, (LocalDate) value);
            case Tags.LOCAL_TIME -> out.putLong(((LocalTime) value).toNanoOfDay());
            case Tags.LOCAL_DATE_TIME -> put(out, (LocalDateTime) value);
            case Tags.ZONED_DATE_TIME -> {
                put(out, ((ZonedDateTime) value).toLocalDateTime());
                out.putInt(((ZonedDateTime) value).getOffset().getTotalSeconds());
                Texts.put(out, ((ZonedDateTime) value).getZone().getId());
            }
            case Tags.OFFSET_DATE_TIME -> {
                put(out, ((OffsetDateTime) value).toLocalDateTime());
                out.putInt(((OffsetDateTime) value).getOffset().getTotalSeconds());
            }
            case Tags.OFFSET_TIME -> {
                out.putLong(((OffsetTime) value).toLocalTime().toNanoOfDay());
                out.putInt(((OffsetTime) value).getOffset().getTotalSeconds());
            }
            default -> putRest(out, tag, value);
        }
    }

    private static void putRest(WireWriter out, int tag, Object value) {
        switch (tag) {
            case Tags.ZONE_OFFSET -> out.putInt(((ZoneOffset) value).getTotalSeconds());
            case Tags.ZONE_REGION -> Texts.put(out, ((ZoneId) value).getId());
            case Tags.YEAR -> out.putInt(((Year) value).getValue());
            case Tags.YEAR_MONTH -> {
                out.putInt(((YearMonth) value).getYear());
                out.putByte(((YearMonth) value).getMonthValue());
            }
            case Tags.MONTH_DAY -> {
                out.putByte(((MonthDay) value).getMonthValue());
                out.putByte(((MonthDay) value).getDayOfMonth());
            }
            case Tags.PERIOD -> put(out, (Period) value);
            default -> throw new AssertionError(tag);
        }
    }

    private static void put(WireWriter out, Instant instant) {
        out.putLong(instant.getEpochSecond());
        out.putInt(instant.getNano());
    }

    private static void put(WireWriter out, Duration duration) {
        out.putLong(duration.getSeconds());
        out.putInt(duration.getNano());
    }

    private static void put(WireWriter out, Period period) {
        out.putInt(period.getYears());
        out.putInt(period.getMonths());
        out.putInt(period.getDays());
    }

    private static void put(WireWriter out, LocalDate date) {
        out.putLong(date.toEpochDay());
    }

    private static void put(WireWriter out, LocalDateTime time) {
        put(out, time.toLocalDate());
        out.putLong(time.toLocalTime().toNanoOfDay());
    }

    /// {@return the value whose tag was read}
    ///
    /// @throws InvalidObjectException if it is of a time zone that this JVM does not know
    static Object get(WireReader in, int tag) throws IOException {
        return switch (tag) {
            case Tags.INSTANT -> Instant.ofEpochSecond(in.getLong(), in.getInt());
            case Tags.DURATION -> Duration.ofSeconds(in.getLong(), in.getInt());
            case Tags.LOCAL_DATE -> date(in);
            case Tags.LOCAL_TIME -> time(in);
            case Tags.LOCAL_DATE_TIME -> dateTime(in);
            case Tags.ZONED_DATE_TIME -> ZonedDateTime.ofInstant(dateTime(in), offset(in), zone(in));
            case Tags.OFFSET_DATE_TIME -> OffsetDateTime.of(dateTime(in), offset(in));
            case Tags.OFFSET_TIME -> OffsetTime.of(time(in), offset(in));
            case Tags.ZONE_OFFSET -> offset(in);
            case Tags.ZONE_REGION -> zone(in);
            case Tags.YEAR -> Year.of(in.getInt());
            case Tags.YEAR_MONTH -> YearMonth.of(in.getInt(), in.getByte());
            case Tags.MONTH_DAY -> MonthDay.of(in.getByte(), in.getByte());
            case Tags.PERIOD -> Period.of(in.getInt(), in.getInt(), in.getInt());
            default -> throw new CorruptFrameException("no such tag: " + tag);
        };
    }

    private static LocalDate date(WireReader in) throws CorruptFrameException {
        return LocalDate.ofEpochDay(in.getLong());
    }

    private static LocalTime time(WireReader in) throws CorruptFrameException {
        return LocalTime.ofNanoOfDay(in.getLong());
    }

    private static LocalDateTime dateTime(WireReader in) throws CorruptFrameException {
        return LocalDateTime.of(date(in), time(in));
    }

    private static ZoneOffset offset(WireReader in) throws CorruptFrameException {
        return ZoneOffset.ofTotalSeconds(in.getInt());
    }

    private static ZoneId zone(WireReader in) throws IOException {
        String id = Texts.get(in);
        try {
            return ZoneId.of(id);
        } catch (DateTimeException e) { // the two JVMs may have different tables
            InvalidObjectException unknown = new InvalidObjectException("this JVM knows no time zone " + id);
            unknown.initCause(e);
            throw unknown;
        }
    }
}
