using System.CommandLine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Training;
using Fer.Shell;

namespace Fer.Options;

/// <summary>The library's list of training options (<see cref="TrainingOption.All"/>) as options of the command line.</summary>
internal sealed class TrainingLineOptions
{
    // Made when the command is asked for: the list is read by reflection.
    private readonly Lazy<List<LineOption>> _lines;

    /// <summary>Takes the list, all but some.</summary>
    /// <param name="left">Names of those that the command has in another form.</param>
    internal TrainingLineOptions(params IReadOnlyCollection<string> left) =>
        _lines = new(() => [.. TrainingOption.All.Where(option => !left.Contains(option.Name)).Select(Create)]);

    /// <summary>An option, how it is typed, and what was typed.</summary>
    private sealed record LineOption(TrainingOption Option, Option Line, Func<ParseResult, object?> Value);

    /// <summary>The options, for the command's list.</summary>
    internal IEnumerable<Option> All => _lines.Value.Select(l => l.Line);

    /// <summary>Some options with what the user gave.</summary>
    internal ImageClassificationTrainer.Options Apply(ParseResult result, ImageClassificationTrainer.Options options)
    {
        foreach (var (option, line, value) in _lines.Value)
            if (result.GetResult(line) is { Implicit: false }) options = option.With(options, value(result));
        return options;
    }

    private static LineOption Create(TrainingOption option)
    {
        string name = $"--{option.CommandName}";
        var type = option.Type;
        if (type == typeof(string)) return Line(Values.Text(name, option.Summary, "NAME|FILE"), text => text);
        if (type == typeof(int)) return Line(Whole(option, name), number => number);
        if (type == typeof(double)) return Line(Number(option, name), number => number);
        if (type == typeof(float)) return Line(Number(option, name), number => (float?)number);
        if (type == typeof(bool)) return Line(Choice(["true", "false"]), text => bool.Parse(text!));
        if (type.IsEnum) return Line(Choice(Enum.GetNames(type)), text => Enum.Parse(type, text!));
        if (type == typeof(LearningRateScheduler))
        {
            var known = Enum.GetNames<LearningRateSchedule>();
            return Line(Choice(known, nameof(LearningRateSchedule.Cosine)), text => Enum.Parse<LearningRateSchedule>(text!).Create());
        }
        if (type == typeof(EarlyStopping))
            return Line(Values.Whole(name, option.Summary, 1, int.MaxValue), epochs => new EarlyStopping { Patience = epochs!.Value });
        if (type == typeof(FaceAugmentation))
            return Line(
                Values.Number(name, option.Summary, 0, 4, @default: 1), strength => FaceAugmentation.Standard.Scaled(strength!.Value));
        throw new InvalidOperationException($"{option.Name}: there is no option of the command line for a {type}.");

        LineOption Line<T>(Option<T> line, Func<T?, object?> convert) => new(option, line, result => convert(result.GetValue(line)));

        Option<string> Choice(IReadOnlyCollection<string> known, string? @default = null) =>
            Values.Choice(name, option.Summary, known, @default ?? (option.Default is { } value ? TrainingOption.Text(value) : null));
    }

    private static Option<int?> Whole(TrainingOption option, string name) => Values.Whole(
        name, option.Summary, (int)option.Least, option.Most < int.MaxValue ? (int)option.Most : int.MaxValue, (int?)option.Default);

    private static Option<double?> Number(TrainingOption option, string name) => Values.Number(
        name, option.Summary, option.Least, option.Most, @default: Decimal(option.Default), above: option.AboveLeast,
        below: option.BelowMost);

    /// <summary>The default as it is written: 0.3 and not what the nearest float comes to in double precision.</summary>
    private static double? Decimal(object? value) => value switch
    {
        float number => (double)(decimal)number,
        double number => number,
        _ => null,
    };
}
