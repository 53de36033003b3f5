// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

/// The first byte of each value: what it is.
///
/// Three groups. A *leaf* holds no other value. A *container* holds values, each with a tag of its own, and occurs
/// only inside a `TREE`. The rest are the outermost forms of what is not a leaf; they begin with their length, so
/// that a value that cannot be read costs itself and not what follows it.
final class Tags {

    /// Not a tag: the value has no plain form.
    static final int NONE = -1;

    // leaves
    static final int NULL = 0;
    static final int FALSE = 1;
    static final int TRUE = 2;
    static final int BYTE = 3;
    static final int SHORT = 4;
    static final int CHAR = 5;
    static final int INT = 6;
    static final int LONG = 7;
    static final int FLOAT = 8;
    static final int DOUBLE = 9;
    static final int LATIN1 = 10;
    static final int UTF16 = 11;

    static final int BOOLEANS = 16;
    static final int BYTES = 17;
    static final int SHORTS = 18;
    static final int CHARS = 19;
    static final int INTS = 20;
    static final int LONGS = 21;
    static final int FLOATS = 22;
    static final int DOUBLES = 23;

    static final int BIG_INTEGER = 24;
    static final int BIG_DECIMAL = 25;
    static final int UUID = 26;
    static final int URI = 27;
    static final int FILE = 28;
    static final int PATH = 29;
    static final int CHARSET = 30;
    static final int BYTE_BUFFER = 31;
    static final int RANGE = 32;
    static final int SHARED = 33;
    static final int OPTIONAL_INT = 34;
    static final int OPTIONAL_LONG = 35;
    static final int OPTIONAL_DOUBLE = 36;
    static final int INT_STATISTICS = 37;
    static final int LONG_STATISTICS = 38;
    static final int DOUBLE_STATISTICS = 39;

    static final int INSTANT = 40;
    static final int DURATION = 41;
    static final int LOCAL_DATE = 42;
    static final int LOCAL_TIME = 43;
    static final int LOCAL_DATE_TIME = 44;
    static final int ZONED_DATE_TIME = 45;
    static final int OFFSET_DATE_TIME = 46;
    static final int OFFSET_TIME = 47;
    static final int ZONE_OFFSET = 48;
    static final int ZONE_REGION = 49;
    static final int YEAR = 50;
    static final int YEAR_MONTH = 51;
    static final int MONTH_DAY = 52;
    static final int PERIOD = 53;

    static final int EMPTY_LIST = 56;
    static final int EMPTY_SET = 57;
    static final int EMPTY_MAP = 58;

    /// An array of primitives or a string that is attached: its own tag and length follow.
    static final int ATTACHED = 60;

    /// The last leaf.
    static final int LAST_LEAF = 63;

    // containers, and what names classes
    static final int ENUM = 64;
    static final int CLASS = 65;
    static final int STRING_ARRAY = 66;
    static final int ARRAY = 67;
    static final int RECORD = 68;
    static final int LAMBDA = 69;
    static final int OPTIONAL = 70;
    static final int ENTRY = 71;
    static final int FIXED_ENTRY = 72;
    static final int MAP_ENTRY = 73;
    static final int COPIES = 74;

    static final int ARRAY_LIST = 80;
    static final int AS_LIST = 81;
    static final int LIST_OF = 82;
    static final int LIST_OF_NULLABLE = 83;
    static final int UNMODIFIABLE_LIST = 84;
    static final int HASH_SET = 85;
    static final int LINKED_HASH_SET = 86;
    static final int TREE_SET = 87;
    static final int SET_OF = 88;
    static final int UNMODIFIABLE_SET = 89;
    static final int LAST_COLLECTION = 95;

    static final int HASH_MAP = 96;
    static final int LINKED_HASH_MAP = 97;
    static final int TREE_MAP = 98;
    static final int MAP_OF = 99;
    static final int UNMODIFIABLE_MAP = 100;

    // the outermost forms of what is not a leaf: length, then content
    static final int TREE = 112;
    static final int GRAPH = 113;
    static final int CUSTOM = 114;
    static final int CUSTOM_ATTACHED = 115;

    private Tags() {}
}
