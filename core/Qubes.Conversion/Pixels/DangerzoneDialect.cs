using System.Buffers;

namespace Qubes.Conversion.Pixels;

/// <summary>
/// <c>dz.Convert</c> (spec: conversion services, section 1):
/// <code>
/// count = u16          size = u16 u16 (width, height)          all big-endian
/// </code>
/// </summary>
public sealed class DangerzoneDialect : IPageDialect
{

    public bool TryReadPageCount(ref SequenceReader<byte> bytes, out int pages)
    {
        bool read = bytes.TryReadBigEndian(out short count);
        pages = (ushort)count;
        return read;
    }

    public bool TryReadPageSize(ref SequenceReader<byte> bytes, out PageSize size)
    {
        bool read = bytes.TryReadBigEndian(out int both);
        size = new PageSize((both >> 16) & ushort.MaxValue, both & ushort.MaxValue);
        return read;
    }
}
