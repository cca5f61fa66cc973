using System.CommandLine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Training;
using Fer.Shell;

namespace Fer.Options;

/// <summary>The library's list of training options (<see cref="TrainingOption.All"/>) as options of the command line.</summary>
internal sealed class TrainingLineOptions
{
    private readonly List<(TrainingOption Option, Option Line, Func<ParseResult, object?> Value)> _lines = [];

    /// <summary>Creates them.</summary>
    /// <param name="left">Names of those that the command has in another form.</param>
    internal TrainingLineOptions(params IReadOnlyCollection<string> left)
    {
        foreach (var option in TrainingOption.All)
            if (!left.Contains(option.Name)) Add(option);
    }

    /// <summary>The options, for the command's list.</summary>
    internal IEnumerable<Option> All => _lines.Select(l => l.Line);

    /// <summary>Some options with what the user gave.</summary>
    internal ImageClassificationTrainer.Options Apply(ParseResult result, ImageClassificationTrainer.Options options)
    {
        foreach (var (option, line, value) in _lines)
            if (result.GetResult(line) is { Implicit: false }) options = option.With(options, value(result));
        return options;
    }

    private void Add(TrainingOption option)
    {
        string name = $"--{option.CommandName}";
        var type = option.Type;
        if (type == typeof(string)) AddLine(Values.Text(name, option.Summary, "NAME|FILE"), text => text);
        else if (type == typeof(int)) AddLine(Whole(option, name), number => number);
        else if (type == typeof(double)) AddLine(Number(option, name), number => number);
        else if (type == typeof(float)) AddLine(Number(option, name), number => (float?)number);
        else if (type == typeof(bool)) AddLine(Choice(["true", "false"]), text => bool.Parse(text!));
        else if (type.IsEnum) AddLine(Choice(Enum.GetNames(type)), text => Enum.Parse(type, text!));
        else if (type == typeof(LearningRateScheduler))
        {
            var known = Enum.GetNames<LearningRateSchedule>();
            AddLine(Choice(known, nameof(LearningRateSchedule.Cosine)), text => Enum.Parse<LearningRateSchedule>(text!).Create());
        }
        else if (type == typeof(EarlyStopping))
            AddLine(Values.Whole(name, option.Summary, 1, int.MaxValue), epochs => new EarlyStopping { Patience = epochs!.Value });
        else if (type == typeof(FaceAugmentation))
            AddLine(Values.Number(name, option.Summary, 0, 4, @default: 1), strength => FaceAugmentation.Standard.Scaled(strength!.Value));
        else throw new InvalidOperationException($"{option.Name}: there is no option of the command line for a {type}.");

        void AddLine<T>(Option<T> line, Func<T?, object?> convert) => _lines.Add((option, line, result => convert(result.GetValue(line))));

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
