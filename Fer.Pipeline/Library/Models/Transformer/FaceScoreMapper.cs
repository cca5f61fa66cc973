using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Pipeline.Models;

/// <summary>Scores single rows, as ML.NET's prediction engine hands them over.</summary>
internal sealed class FaceScoreMapper(FaceScoreSchema schema, FerModel model) : IRowToRowMapper
{
    public DataViewSchema InputSchema => schema.Input;

    public DataViewSchema OutputSchema => schema.Output;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var active = schema.Active(dependingColumns);
        if (active.AsSpan(schema.Input.Count).Contains(true)) active[schema.Faces.Index] = true;
        return schema.Through(active);
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Schema != schema.Input)
            throw new ArgumentException("The row is not of the schema that the mapper was made for.", nameof(input));
        return new Row(input, schema, model, schema.Active(activeColumns));
    }

    private sealed class Row(DataViewRow input, FaceScoreSchema schema, FerModel model, bool[] active) : DataViewRow
    {
        private readonly float[] _face = new float[Face.PixelCount];
        private FacePixels? _pixels;
        private float[] _scores = [];
        private long _scored = -1;

        public override DataViewSchema Schema => schema.Output;

        public override long Position => input.Position;

        public override long Batch => input.Batch;

        public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        /// <exception cref="InvalidOperationException">The column was not asked for, or holds another type.</exception>
        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!IsColumnActive(column))
                throw new InvalidOperationException($"The column '{column.Name}' was not among the columns asked for.");
            if (!schema.IsMade(column)) return input.GetGetter<TValue>(schema.Input[column.Index]);
            _pixels ??= FacePixels.Create(input, schema.Faces);
            return schema.Getter<TValue>(column, Scores);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) input.Dispose();
            base.Dispose(disposing);
        }

        private ReadOnlyMemory<float> Scores()
        {
            if (_scored < 0 || _scored != input.Position)
            {
                _pixels!.CopyTo(_face);
                _scores = model.Predict(_face, 1);
                _scored = input.Position;
            }
            return _scores;
        }
    }
}
