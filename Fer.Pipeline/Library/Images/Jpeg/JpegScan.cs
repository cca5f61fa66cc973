namespace Fer.Pipeline.Images;

/// <summary>Decodes one scan: of a sequential frame straight to samples, of a progressive one to coefficients.</summary>
internal ref struct JpegScan
{
    private readonly JpegSegments _segments;
    private readonly JpegFrame _frame;
    private readonly JpegComponent[] _components;
    private readonly int _restartInterval;
    private readonly JpegSpectrum _spectrum;
    private readonly short[] _block = new short[64];
    private JpegBitReader _bits;
    private int _untilRestart, _restarts;
    private int _endOfBandRun;

    internal JpegScan(JpegSegments segments, JpegFrame frame, JpegComponent[] components, JpegSpectrum spectrum, ReadOnlySpan<byte> file, int at)
    {
        (_segments, _frame, _components, _spectrum) = (segments, frame, components, spectrum);
        _restartInterval = _untilRestart = segments.RestartInterval;
        _bits = new JpegBitReader(file, at);
    }

    /// <summary>Decodes the scan and gives where it ends, give or take a few bytes that were read ahead of a marker.</summary>
    internal int Decode()
    {
        foreach (var component in _components) component.Predictor = 0;
        if (_components.Length == 1) DecodeBlocks(_components[0]);
        else DecodeMcus();
        return _bits.At;
    }

    private void DecodeBlocks(JpegComponent component)
    {
        int across = JpegFrame.Ceiling(component.Width, 8), down = JpegFrame.Ceiling(component.Height, 8);
        for (int y = 0; y < down; y++)
        {
            for (int x = 0; x < across; x++)
            {
                BeginMcu();
                DecodeBlock(component, x, y);
                CheckEnd();
            }
        }
    }

    private void DecodeMcus()
    {
        for (int row = 0; row < _frame.McusDown; row++)
        {
            for (int column = 0; column < _frame.McusAcross; column++)
            {
                BeginMcu();
                foreach (var c in _components)
                    for (int y = 0; y < c.Vertical; y++)
                        for (int x = 0; x < c.Horizontal; x++) DecodeBlock(c, column * c.Horizontal + x, row * c.Vertical + y);
                CheckEnd();
            }
        }
    }

    private void BeginMcu()
    {
        if (_restartInterval == 0) return;
        if (_untilRestart == 0)
        {
            _bits.Fill();
            if (!_bits.TakeRestart(_restarts)) throw _segments.Broken($"the restart marker {_restarts} is not where it should be", _bits.At);
            _restarts = (_restarts + 1) & 7;
            _untilRestart = _restartInterval;
            _endOfBandRun = 0;
            foreach (var component in _components) component.Predictor = 0;
        }
        _untilRestart--;
    }

    private readonly void CheckEnd()
    {
        if (_bits.IsPastEnd) throw _segments.Broken("its data ends early or is damaged", _bits.At);
    }

    private void DecodeBlock(JpegComponent component, int x, int y)
    {
        if (!_frame.IsProgressive)
        {
            Array.Clear(_block);
            int last = Sequential(component, _block);
            var target = component.Samples.AsSpan(8 * y * component.Stride + 8 * x);
            InverseDct.Transform(_block, component.Steps, last, target, component.Stride);
            return;
        }
        var coefficients = component.Coefficients.AsSpan(64 * (y * component.BlocksAcross + x), 64);
        if (_spectrum.First == 0)
        {
            if (_spectrum.PreviousBit == 0) DcFirst(component, coefficients);
            else DcRefine(coefficients);
        }
        else if (_spectrum.PreviousBit == 0) AcFirst(component.Ac!, coefficients);
        else AcRefine(component.Ac!, coefficients);
    }

    /// <summary>Reads all coefficients of a block and gives the place of the last in the zigzag.</summary>
    private int Sequential(JpegComponent component, Span<short> block)
    {
        block[0] = (short)ReadDc(component);
        var table = component.Ac!;
        var values = table.Values;
        int k = 1, last = 0;
        while (k < 64)
        {
            _bits.Fill();
            int value = values[_bits.Peek(JpegHuffmanTable.LookupBits)];
            if (value != 0)
            {
                k += (value >> 4) & 15;
                _bits.Drop(value & 15);
                value >>= 8;
            }
            else
            {
                int symbol = ReadSymbol(table), size = symbol & 15;
                if (size == 0)
                {
                    // No value: the block's end, or sixteen zeros.
                    if (symbol != 0xF0) break;
                    k += 16;
                    continue;
                }
                k += symbol >> 4;
                value = _bits.ReadValue(size);
            }
            if (k > 63) throw TooMany();
            block[Zigzag.Order[last = k++]] = (short)value;
        }
        return last;
    }

    private void DcFirst(JpegComponent component, Span<short> block) => block[0] = (short)(ReadDc(component) << _spectrum.Bit);

    private void DcRefine(Span<short> block)
    {
        _bits.Fill();
        if (_bits.Read(1) != 0) block[0] |= (short)(1 << _spectrum.Bit);
    }

    private void AcFirst(JpegHuffmanTable table, Span<short> block)
    {
        if (_endOfBandRun > 0)
        {
            _endOfBandRun--;
            return;
        }
        for (int k = _spectrum.First; k <= _spectrum.Last; k++)
        {
            _bits.Fill();
            int symbol = ReadSymbol(table), run = symbol >> 4, size = symbol & 15;
            if (size == 0)
            {
                if (run < 15)
                {
                    _endOfBandRun = (1 << run) - 1 + _bits.Read(run);
                    return;
                }
                k += 15;
                continue;
            }
            k += run;
            if (k > _spectrum.Last) throw TooMany();
            block[Zigzag.Order[k]] = (short)(_bits.ReadValue(size) << _spectrum.Bit);
        }
    }

    private void AcRefine(JpegHuffmanTable table, Span<short> block)
    {
        short step = (short)(1 << _spectrum.Bit);
        int k = _spectrum.First;
        if (_endOfBandRun == 0)
        {
            for (; k <= _spectrum.Last; k++)
            {
                _bits.Fill();
                int symbol = ReadSymbol(table), run = symbol >> 4, size = symbol & 15;
                short value = 0;
                if (size != 0) value = _bits.Read(1) != 0 ? step : (short)-step;
                else if (run < 15)
                {
                    _endOfBandRun = (1 << run) + _bits.Read(run);
                    break;
                }
                // Coefficients that are known already get their next bit on the way past the run of zeros.
                for (; k <= _spectrum.Last; k++)
                {
                    ref short known = ref block[Zigzag.Order[k]];
                    if (known != 0) Refine(ref known, step);
                    else if (run-- == 0) break;
                }
                if (value == 0) continue;
                if (k > _spectrum.Last) throw TooMany();
                block[Zigzag.Order[k]] = value;
            }
        }
        if (_endOfBandRun == 0) return;
        for (; k <= _spectrum.Last; k++)
        {
            ref short known = ref block[Zigzag.Order[k]];
            if (known != 0) Refine(ref known, step);
        }
        _endOfBandRun--;
    }

    private void Refine(ref short known, short step)
    {
        _bits.Fill();
        if (_bits.Read(1) != 0 && (known & step) == 0) known += known > 0 ? step : (short)-step;
    }

    private int ReadDc(JpegComponent component)
    {
        _bits.Fill();
        int size = ReadSymbol(component.Dc!);
        if (size > 15) throw _segments.Broken("a DC coefficient is out of range", _bits.At);
        return component.Predictor += _bits.ReadValue(size);
    }

    private int ReadSymbol(JpegHuffmanTable table)
    {
        int symbol = table.Read(ref _bits);
        return symbol >= 0 ? symbol : throw _segments.Broken("its data holds a code that is in none of its tables", _bits.At);
    }

    private readonly FerException TooMany() => _segments.Broken("a block has too many coefficients", _bits.At);
}
